package config

import "go.yaml.in/yaml/v3"

func (p *printer) feed(f *Feed) *yaml.Node {
	n := p.mapping()
	if f.Kafka != nil {
		p.add(n, "feed", "kafka", p.kafka(f.Kafka))
	}
	views := p.mapping()
	for i := range f.Views {
		p.add(views, "feed.views", f.Views[i].Name, p.view(&f.Views[i]))
	}
	p.add(n, "feed", "views", views)
	back := p.mapping()
	for i := range f.Back {
		b, to := &f.Back[i], p.flow()
		p.text(to, "", "to", b.To)
		p.text(to, "", "format", b.Format)
		p.text(to, "", "folder", b.Folder)
		p.text(to, "", "url", maskText("url", b.URL))
		p.text(to, "", "table", b.Table)
		p.add(back, "feed.back", string(b.Source), to)
	}
	p.add(n, "feed", "back", back)
	return n
}

func (p *printer) kafka(k *Kafka) *yaml.Node {
	const path = "feed.kafka"
	n := p.mapping()
	p.list(n, path, "brokers", k.Brokers)
	p.text(n, path, "prefix", k.Prefix)
	p.number(n, path, "partitions", float64(k.Partitions))
	p.number(n, path, "replication", float64(k.Replication))
	if k.Timeout > 0 {
		p.number(n, path, "timeout_ms", float64(k.Timeout.Milliseconds()))
	}
	if k.MaxMessage > 0 {
		p.number(n, path, "max_message", float64(k.MaxMessage))
	}
	if t := k.TLS; t != nil && *t == (TLS{}) {
		p.yes(n, path, "tls", true)
	} else if t != nil {
		tls := p.flow()
		p.text(tls, "", "ca_file", t.CAFile)
		p.text(tls, "", "cert_file", t.CertFile)
		p.text(tls, "", "key_file", t.KeyFile)
		p.text(tls, "", "server_name", t.ServerName)
		p.add(n, path, "tls", tls)
	}
	if s := k.SASL; s != nil {
		sasl := p.flow()
		p.text(sasl, "", "mechanism", s.Mechanism)
		p.text(sasl, "", "user", s.User)
		p.text(sasl, "", "password", maskText("password", s.Password))
		p.add(n, path, "sasl", sasl)
	}
	return n
}

func (p *printer) view(v *View) *yaml.Node {
	n := p.flow()
	p.list(n, "", "only", v.Only)
	p.list(n, "", "all_but", v.AllBut)
	p.list(n, "", "masked", v.Masked)
	where := p.flow()
	p.text(where, "", "kind", string(v.Where.Kind))
	if c := v.Where.Consent; c != nil {
		consent := p.flow()
		p.text(consent, "", "purpose", c.Purpose)
		p.text(consent, "", "channel", c.Channel)
		p.add(where, "", "consent", consent)
	}
	if g := v.Where.Segment; g != nil {
		segment := p.flow()
		p.text(segment, "", "attribute", g.Attribute)
		p.list(segment, "", "is", g.Is)
		p.add(where, "", "segment", segment)
	}
	p.add(n, "", "where", where)
	return n
}
