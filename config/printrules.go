package config

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"kartoteka/customer"
	"kartoteka/matching"
)

func (p *printer) company(c *Config) *yaml.Node {
	n := p.mapping()
	p.text(n, "company", "country", c.Company.Country)
	p.text(n, "company", "time_zone", c.TimeZone)
	p.named(n, "company", "area_codes", c.Company.AreaCodes)
	p.named(n, "company", "street_aliases", c.Company.StreetAliases)
	return n
}

func (p *printer) portrait(c *Config) *yaml.Node {
	n := p.mapping()
	p.text(n, "portrait", "from", none) // every line stands below
	for _, kind := range customer.Kinds() {
		path := "portrait." + string(kind)
		lines := p.mapping()
		for _, a := range c.Portrait.Of(kind) {
			p.add(lines, path, a.Name, p.attribute(&a))
		}
		p.add(n, "portrait", string(kind), lines)
	}
	return n
}

func (p *printer) attribute(a *customer.Attribute) *yaml.Node {
	n := p.flow()
	p.text(n, "", "type", string(a.Type))
	p.text(n, "", "holds", string(a.Holds))
	p.number(n, "", "shared_by", float64(a.SharedBy))
	p.text(n, "", "sensitivity", string(a.Sensitivity))
	if a.Required {
		p.yes(n, "", "required", true)
	}
	p.text(n, "", "keep", string(a.Keep))
	if a.Keep == customer.KeepAll {
		p.number(n, "", "at_most", float64(a.AtMost))
	}
	p.text(n, "", "first", string(a.First))
	p.text(n, "", "by", a.By)
	p.text(n, "", "to", string(a.To))
	p.list(n, "", "of", a.Of)
	p.list(n, "", "trust", sourceNames(a.Trust))
	return n
}

func (p *printer) matching(c *Config) *yaml.Node {
	const path = "matching"
	m := &c.Matching
	n := p.mapping()
	p.text(n, path, "model", c.Model)
	for _, kind := range customer.Kinds() {
		p.add(n, path, string(kind), p.kind(m.Kinds[kind]))
	}
	p.number(n, path, "block_limit", float64(m.BlockLimit))
	p.number(n, path, "component_limit", float64(m.ComponentLimit))
	p.number(n, path, "generic_above", float64(m.GenericAbove))
	costs := p.flow()
	p.number(costs, "", "false_merge", m.FalseMerge)
	p.number(costs, "", "missed_merge", m.MissedMerge)
	p.add(n, path, "costs", costs)
	if m.LinkBits != nil {
		bits := p.flow()
		p.number(bits, "", "link", *m.LinkBits)
		p.add(n, path, "bits", bits)
	}
	p.number(n, path, "expect", float64(m.Expect))
	p.text(n, path, "branches", either(m.BranchesApart, apart, together))
	p.text(n, path, "reused_keys", either(m.ReusedKeys, detect, never))
	p.add(n, path, "publish", p.publish(&c.Publish))
	return n
}

func either(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}

func (p *printer) kind(s matching.KindSettings) *yaml.Node {
	n := p.mapping()
	var compare []string
	for _, line := range s.Compare {
		compare = append(compare, strings.Join(line, " + "))
	}
	p.list(n, "", "compare", compare)
	lines := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, line := range s.Candidates {
		lines.Content = append(lines.Content, p.sequence(line))
	}
	p.add(n, "", "candidates", lines)
	if len(s.Levels) > 0 {
		p.add(n, "", "levels", p.levels(s.Levels))
	}
	return n
}

func (p *printer) levels(pins map[string]matching.Levels) *yaml.Node {
	n := p.mapping()
	for _, name := range slices.Sorted(maps.Keys(pins)) {
		levels := p.mapping()
		for _, key := range slices.Sorted(maps.Keys(pins[name])) {
			level, l := p.flow(), pins[name][key]
			for _, chance := range []struct {
				name string
				p    float64
			}{{"m", l.M}, {"u", l.U}, {"kin", l.Kin}} {
				if chance.p > 0 {
					p.number(level, "", chance.name, chance.p)
				}
			}
			p.add(levels, "", key, level)
		}
		p.add(n, "", name, levels)
	}
	return n
}

func (p *printer) publish(b *Publish) *yaml.Node {
	const path = "matching.publish"
	n := p.mapping()
	p.text(n, path, "new_customer", auto)
	for _, line := range []struct {
		name   string
		policy Policy
	}{{"join_codes", b.JoinCodes}, {"join_confirmed", b.JoinConfirmed}, {"split_code", b.SplitCode}} {
		if line.policy.AutoAbove == 0 {
			p.text(n, path, line.name, either(line.policy.Ask, ask, auto))
			continue
		}
		above := p.flow()
		p.number(above, "", "auto_above", line.policy.AutoAbove)
		p.text(above, "", "else", either(line.policy.Ask, ask, auto))
		p.add(n, path, line.name, above)
	}
	p.number(n, path, "tasks_a_day", float64(b.TasksADay))
	return n
}
