package config

import (
	"net/netip"
	"regexp"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"kartoteka/access"
	"kartoteka/customer"
)

// Feed says who receives the golden records.
type Feed struct {
	Kafka *Kafka // nil: no Kafka
	Views []View
	Back  []WriteBack
}

// Kafka is the brokers that the change log goes to. User and Password may refer to the
// environment; see [Config.Resolve].
type Kafka struct {
	Brokers     []string
	Prefix      string         // of the topics
	TLS         *TLS           // nil: plain
	SASL        *SASL          // nil: no sign-in
	Allow       []netip.Prefix // where other brokers than the configured ones may be; none: anywhere but on this machine and where clouds keep metadata
	Partitions  int            // of topics that the hub creates
	Replication int
	Timeout     time.Duration // of one send; 0: the feed's own
	MaxMessage  int           // bytes of the largest value that is sent; 0: the feed's default
}

// TLS is how the brokers are trusted; empty names mean the system's.
type TLS struct{ CAFile, CertFile, KeyFile, ServerName string }

// SASL is how the hub signs in to the brokers.
type SASL struct {
	Mechanism      string // plain, scram-sha-256, scram-sha-512
	User, Password string
}

// View is what one named reader of the feed sees.
type View struct {
	Name string
	access.View
}

// WriteBack is where the personal codes of a source's records return to.
type WriteBack struct {
	Source customer.Source
	To     string // table or file
	Format string // of a file
	Folder string
	URL    string // of a database, for [Config.Resolve]
	Table  string
}

func feedKeys() keys[Feed] {
	kafka := kafkaKeys()
	return keys[Feed]{
		{"kafka", "topics <prefix>.customer.golden.v1, .events.v1, .crosswalk.v1, .control.v1", kafka.object(), func(r *reader, path string, n *yaml.Node, f *Feed) {
			f.Kafka = &Kafka{Prefix: "kartoteka", Partitions: 6, Replication: 1}
			kafka.read(r, path, n, f.Kafka)
			if child(n, "brokers") == nil {
				r.fault(n, path, "has no brokers", `write brokers: ["host:9092"]`)
			}
		}},
		{"views", "one card, several readers", namedShape(viewKeys().object()), readViews},
		{"back", "source: where its records' personal codes return to", namedShape(backKeys().object()), readBack},
	}
}

func kafkaKeys() keys[Kafka] {
	tls, sasl := tlsKeys(), saslKeys()
	return keys[Kafka]{
		texts("brokers", "host:port, one or several", func(k *Kafka) *[]string { return &k.Brokers }),
		text("prefix", "of the topics' names", func(k *Kafka) *string { return &k.Prefix }),
		whole("partitions", "of topics that the hub creates", 1, 1000, func(k *Kafka, n int64) { k.Partitions = int(n) }),
		whole("replication", "of topics that the hub creates", 1, 10, func(k *Kafka, n int64) { k.Replication = int(n) }),
		whole("timeout_ms", "of one send, 5000 by default; after a doubtful one, and after a process that died, three times as long passes", 100, 60_000,
			func(k *Kafka, n int64) { k.Timeout = time.Duration(n) * time.Millisecond }),
		whole("max_message", "bytes of the largest golden record that is sent, 1,000,000 if not said; a larger one waits for feed retry", 10_000, 100_000_000, func(k *Kafka, n int64) { k.MaxMessage = int(n) }),
		{"allow", "networks where brokers may be that these brokers name; if not said, all but this machine's own and link-local ones", textsShape, func(r *reader, path string, n *yaml.Node, k *Kafka) {
			k.Allow = r.networks(path, n)
		}},
		{"tls", "true, or whom to trust", eitherShape(yesShape, tls.object()), func(r *reader, path string, n *yaml.Node, k *Kafka) {
			if n.Kind == yaml.ScalarNode && !r.yes(path, n) {
				return
			}
			k.TLS = &TLS{}
			if n.Kind != yaml.ScalarNode {
				tls.read(r, path, n, k.TLS)
			}
		}},
		{"sasl", "how the hub signs in", sasl.object(), func(r *reader, path string, n *yaml.Node, k *Kafka) {
			k.SASL = &SASL{Mechanism: "plain"}
			sasl.read(r, path, n, k.SASL)
		}},
	}
}

func tlsKeys() keys[TLS] {
	return keys[TLS]{
		text("ca_file", "certificate of who signed the brokers'", func(t *TLS) *string { return &t.CAFile }),
		text("cert_file", "the hub's own certificate", func(t *TLS) *string { return &t.CertFile }),
		text("key_file", "its key", func(t *TLS) *string { return &t.KeyFile }),
		text("server_name", "that the brokers' certificate names, if not their host", func(t *TLS) *string { return &t.ServerName }),
	}
}

func saslKeys() keys[SASL] {
	return keys[SASL]{
		word("mechanism", "", func(s *SASL) *string { return &s.Mechanism }, "plain", "scram-sha-256", "scram-sha-512"),
		text("user", "", func(s *SASL) *string { return &s.User }),
		secret("password", "as ${env:NAME}", func(s *SASL) *string { return &s.Password }),
	}
}

func readViews(r *reader, path string, n *yaml.Node, f *Feed) {
	f.Views = nil
	r.pairs(path, n, func(name string, k, v *yaml.Node) {
		view := View{Name: name}
		r.origin(join(path, name), k)
		viewKeys().read(r, join(path, name), v, &view)
		if !topicWord.MatchString(name) {
			r.fault(k, join(path, name), "cannot be part of a topic's name", "use Latin letters, digits, - and _, at most 50")
		}
		if len(view.Only) > 0 && len(view.AllBut) > 0 {
			r.fault(v, join(path, name), "says both only and all_but", "keep one of them")
		}
		f.Views = append(f.Views, view)
	})
}

// topicWord is what a view's topic may be called by.
var topicWord = regexp.MustCompile(`^[A-Za-z0-9_-]{1,50}$`)

func viewKeys() keys[View] {
	names := func(name, doc string, field func(*View) *[]string) key[View] {
		return key[View]{name, doc, textsShape, func(r *reader, path string, n *yaml.Node, v *View) {
			*field(v) = r.attributeNames(path, n, access.Members)
		}}
	}
	return keys[View]{
		names("only", "attributes to show", func(v *View) *[]string { return &v.Only }),
		names("all_but", "attributes not to show", func(v *View) *[]string { return &v.AllBut }),
		names("masked", "attributes to show by a hint", func(v *View) *[]string { return &v.Masked }),
		group("where", "which customers the reader sees at all", whereKeys(), func(v *View) *access.Where { return &v.Where }),
	}
}

func whereKeys() keys[access.Where] {
	consent := keys[access.ConsentWhere]{
		text("purpose", "like marketing", func(c *access.ConsentWhere) *string { return &c.Purpose }),
		text("channel", "like sms; any if not said", func(c *access.ConsentWhere) *string { return &c.Channel }),
	}
	segment := keys[access.SegmentWhere]{
		{"attribute", "whose golden values count", textShape, func(r *reader, path string, n *yaml.Node, s *access.SegmentWhere) {
			s.Attribute, _ = r.text(path, n)
			if r.portrait != nil && !slices.Contains(r.allAttributes(), s.Attribute) {
				r.fault(n, path, "the portrait has no attribute "+quote(s.Attribute), suggest(s.Attribute, r.allAttributes()))
			}
		}},
		texts("is", "one or several values, as golden records have them", func(s *access.SegmentWhere) *[]string { return &s.Is }),
	}
	return keys[access.Where]{
		word("kind", "one kind of customers", func(w *access.Where) *customer.Kind { return &w.Kind }, customer.Kinds()...),
		{"segment", "customers with one of some values of an attribute", segment.object(), func(r *reader, path string, n *yaml.Node, w *access.Where) {
			w.Segment = &access.SegmentWhere{}
			segment.read(r, path, n, w.Segment)
			if w.Segment.Attribute == "" || len(w.Segment.Is) == 0 {
				r.fault(n, path, "says no attribute, or no values", "write {attribute: status, is: [vip]}")
			}
		}},
		{"consent", "customers who gave this consent and did not refuse it", consent.object(), func(r *reader, path string, n *yaml.Node, w *access.Where) {
			w.Consent = &access.ConsentWhere{}
			consent.read(r, path, n, w.Consent)
			if w.Consent.Purpose == "" {
				r.fault(n, path, "names no purpose", "write purpose: marketing")
			}
		}},
	}
}

// attributeNames reads names of attributes of either kind, or one of some further words.
func (r *reader) attributeNames(path string, n *yaml.Node, further ...string) []string {
	out := r.texts(path, n)
	if r.portrait == nil {
		return out
	}
	known := append(r.allAttributes(), further...)
	for i, name := range out {
		if !slices.Contains(known, name) {
			r.fault(item(n, i), at(path, i), "the portrait has no attribute "+quote(name), suggest(name, known))
		}
	}
	return out
}

// allAttributes lists the names of both kinds, each once.
func (r *reader) allAttributes() []string {
	var out []string
	for _, a := range r.portrait.Attributes {
		if !slices.Contains(out, a.Name) {
			out = append(out, a.Name)
		}
	}
	return out
}

func backKeys() keys[WriteBack] {
	return keys[WriteBack]{
		word("to", "", func(b *WriteBack) *string { return &b.To }, "table", "file"),
		word("format", "of the file", func(b *WriteBack) *string { return &b.Format }, "csv", "1c-enterprisedata"),
		text("folder", "where files are put", func(b *WriteBack) *string { return &b.Folder }),
		secret("url", "of the database, as ${env:NAME}", func(b *WriteBack) *string { return &b.URL }),
		text("table", "with the columns key and code", func(b *WriteBack) *string { return &b.Table }),
	}
}

// backNeeds are the keys without which codes cannot return.
var backNeeds = map[string][]string{"": {"to"}, "table": {"url", "table"}, "file": {"folder", "format"}}

func readBack(r *reader, path string, n *yaml.Node, f *Feed) {
	f.Back = nil
	r.pairs(path, n, func(name string, k, v *yaml.Node) {
		b := WriteBack{Source: customer.Source(name)}
		where := join(path, name)
		r.origin(where, k)
		backKeys().read(r, where, v, &b)
		if !slices.Contains(r.sourceNames, name) {
			r.fault(k, where, "there is no source "+quote(name), suggestOr(name, r.sourceNames, "declare it under sources"))
		}
		if slices.ContainsFunc(f.Back, func(other WriteBack) bool { return other.Source == b.Source }) {
			r.fault(k, where, "stands twice", "keep one of them")
		}
		for _, key := range backNeeds[b.To] {
			if child(v, key) == nil {
				r.fault(v, where, "has no "+key, "write "+key+": ...")
			}
		}
		f.Back = append(f.Back, b)
	})
}
