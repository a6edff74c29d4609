package config

import "go.yaml.in/yaml/v3"

func publishKeys() keys[Publish] {
	return keys[Publish]{
		choice("new_customer", "a record that fits no code gets a new one; no record is without a code", func(*Publish, string) {}, auto),
		policy("join_codes", "two codes turn out to be one customer", func(p *Publish) *Policy { return &p.JoinCodes }),
		policy("join_confirmed", "the same, when a person has confirmed one of them", func(p *Publish) *Policy { return &p.JoinConfirmed }),
		policy("split_code", "one code turns out to be several customers", func(p *Publish) *Policy { return &p.SplitCode }),
		whole("tasks_a_day", "what the stewards can settle; 0: no limit", 0, 1_000_000, func(p *Publish, n int64) { p.TasksADay = int(n) }),
	}
}

const (
	auto = "auto"
	ask  = "ask"
)

func policy(name, doc string, field func(*Publish) *Policy) key[Publish] {
	above := keys[Policy]{
		number("auto_above", "bits of evidence from which the machine acts alone", 0, 1000, func(p *Policy) *float64 { return &p.AutoAbove }),
		choice("else", "what happens below", func(p *Policy, s string) { p.Ask = s == ask }, ask, auto),
	}
	return key[Publish]{name, doc, eitherShape(wordsShape(auto, ask), above.object()), func(r *reader, path string, n *yaml.Node, p *Publish) {
		if n.Kind == yaml.ScalarNode {
			field(p).Ask = oneOf(r, path, n, auto, ask) == ask
			return
		}
		field(p).Ask = true
		above.read(r, path, n, field(p))
		if child(n, "auto_above") == nil {
			r.fault(n, path, "says nothing of auto_above", "write auto, ask, or {auto_above: 18, else: ask}")
		}
	}}
}
