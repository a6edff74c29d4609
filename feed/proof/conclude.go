package proof

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/cespare/xxhash/v2"

	"kartoteka/customer"
)

// suspects are codes about which the topics disagree in a way that time may cure: the golden
// record was sent, its event or its crosswalk rows come next.
func (p *prover) suspects() map[customer.Code]bool {
	out := map[customer.Code]bool{}
	for code, t := range p.codes {
		ahead := t.golden.newer(t.events) && (t.events.state != unknown || !p.result.Truncated)
		if p.options.Parked[code] {
			continue
		}
		if ahead || p.misplaced(&t) != "" || t.golden.stale {
			out[code] = true
		}
	}
	return out
}

// replace takes over what a later look saw of the suspects. Gaps were told by the look before.
func (p *prover) replace(late map[customer.Code]bool, again *prover) {
	for code := range late {
		p.codes[code] = again.codes[code]
		delete(p.leads, code)
		if pair, there := again.leads[code]; there {
			p.leads[code] = pair
		}
	}
}

// conclude tells what is wrong with each code, in the order of codes.
func (p *prover) conclude() {
	p.checks.golden.Checked = int64(len(p.codes))
	p.checks.successors.Checked = int64(len(p.leads))
	p.result.Codes = int64(len(p.codes))
	for _, code := range p.faulty() {
		t := p.codes[code]
		if what := p.unequal(code, &t); what != "" {
			p.checks.golden.Add(customer.Violation{Codes: []customer.Code{code}, What: what, Cure: cureGolden})
		}
		if what := p.misplaced(&t); what != "" {
			p.checks.crosswalk.Add(customer.Violation{Codes: []customer.Code{code}, What: what, Cure: cureWalk})
		}
	}
	p.successors()
	c := &p.checks
	p.result.Checks = []customer.Check{c.successors, c.versions, c.golden, c.crosswalk, c.hub}
}

func (p *prover) faulty() (out []customer.Code) {
	for code, t := range p.codes {
		if p.options.Parked[code] {
			p.result.Parked++
			continue
		}
		if p.unequal(code, &t) != "" || p.misplaced(&t) != "" {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out
}

// unequal says how the golden topic ends elsewhere than the events.
func (p *prover) unequal(code customer.Code, t *account) string {
	e, g := t.events, t.golden
	switch {
	case g.stale:
		return fmt.Sprintf("the golden topic ends at an older version than %d, which stands before it", g.version)
	case g.state == unknown && (e.state == gone || e.state == void || e.state == told || e.state == unknown): // compaction took the tombstone
		return ""
	case g.state == unknown:
		return fmt.Sprintf("its events end at version %d, the golden topic has none", e.version)
	case e.state == unknown && p.result.Truncated:
		return ""
	case e.state == unknown:
		return fmt.Sprintf("the golden topic has version %d, the events topic has none", g.version)
	case !e.same(g):
		return fmt.Sprintf("its events end at version %d (epoch %d), the golden topic at version %d (epoch %d)", e.version, e.epoch, g.version, g.epoch)
	case !e.state.fits(g.state):
		return fmt.Sprintf("is %s by its events, %s in the golden topic", e.state, g.state)
	}
	if pair := p.leads[code]; pair[0] != pair[1] && e.state != told {
		return fmt.Sprintf("leads to %s by its events, to %s in the golden topic", orNobody(pair[0]), orNobody(pair[1]))
	}
	return ""
}

func orNobody(code customer.Code) string {
	if code == 0 {
		return "nobody"
	}
	return code.String()
}

// misplaced says how the crosswalk disagrees with the golden record.
func (p *prover) misplaced(t *account) string {
	switch {
	case t.events.state == void: // its records are not known any more, so their rows stay
		return ""
	case t.golden.state != active && t.members > 0:
		return fmt.Sprintf("is %s, and %d records lead to it", t.golden.state, t.members)
	case t.golden.state != active:
		return ""
	case t.members != 0:
		return fmt.Sprintf("its golden record states %+d records against the crosswalk", -t.members)
	case t.xor != 0 && !t.partial:
		return "its golden record and the crosswalk name different records"
	}
	return ""
}

// successors follows each retired code to where it leads, passing each code once.
func (p *prover) successors() {
	done := map[customer.Code]bool{}
	for _, code := range slices.Sorted(maps.Keys(p.leads)) {
		way := map[customer.Code]bool{}
		at := code
		for at != 0 && !done[at] && !way[at] && p.present(at) == retired {
			way[at] = true
			at = p.next(at)
		}
		what := ""
		switch {
		case at == 0 || done[at]:
		case way[at]:
			what = "leads back to itself in a circle of successors"
		case p.present(at) == unknown && p.only == nil && !p.result.Truncated:
			what = "leads to a code that was never published"
		}
		if what != "" {
			p.checks.successors.Add(customer.Violation{Codes: []customer.Code{code, at}, What: what, Cure: cureHub})
		}
		maps.Copy(done, way)
	}
}

func (p *prover) present(code customer.Code) state {
	t := p.codes[code]
	if t.golden.state == unknown {
		return t.events.state
	}
	return t.golden.state
}

func (p *prover) next(code customer.Code) customer.Code {
	if pair := p.leads[code]; pair[1] != 0 {
		return pair[1]
	}
	return p.leads[code][0]
}

// compare holds the golden topic against the hub.
func (p *prover) compare(ctx context.Context) error {
	if p.options.Hub == nil {
		return nil
	}
	c := &p.checks.hub
	c.Skipped = ""
	err := p.options.Hub.Published(ctx, func(now *customer.CodeNow, sent bool) {
		c.Checked++
		t := p.codes[now.Code]
		if what := against(now, &t, sent); what != "" {
			c.Add(customer.Violation{Codes: []customer.Code{now.Code}, What: what, Cure: cureHub})
		}
		delete(p.codes, now.Code)
	})
	if err == nil {
		err = p.strangers(ctx)
	}
	p.result.Checks[len(p.result.Checks)-1] = *c
	return err
}

// strangers tells of codes that are published and that the hub does not know. It is asked again:
// a code may be younger than the state that was compared.
func (p *prover) strangers(ctx context.Context) error {
	var codes []customer.Code
	for code, t := range p.codes {
		if t.golden.state == active || t.golden.state == retired {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	for chunk := range slices.Chunk(codes, 10_000) {
		known, err := p.options.Hub.Known(ctx, chunk)
		if err != nil {
			return err
		}
		for _, code := range chunk {
			if !known[code] {
				p.checks.hub.Add(customer.Violation{Codes: []customer.Code{code}, What: "is published and not known to the hub",
					Cure: "the database is older than what was published: kartoteka restore confirm, or restore a newer one"})
			}
		}
	}
	return nil
}

// against compares what is stored with what was published; a code whose last change is not sent
// yet, or that moved on since, is no fault.
func against(now *customer.CodeNow, t *account, sent bool) string {
	want, got := mark{version: uint32(now.Version), epoch: uint16(now.Epoch), state: stateOf(now.State)}, t.golden
	switch {
	case got.newer(want):
		return ""
	case got.state == unknown && (want.state == gone || !sent):
		return ""
	case got.state == unknown:
		return "was never published"
	case want.newer(got) && sent:
		return fmt.Sprintf("the golden topic ends at version %d, the hub has %d", got.version, want.version)
	case want.newer(got):
		return ""
	case got.state != want.state:
		return fmt.Sprintf("is %s in the hub, %s in the golden topic", want.state, got.state)
	case want.state == active && t.hash != xxhash.Sum64(now.Document):
		return fmt.Sprintf("version %d was published with another content", want.version)
	}
	return ""
}
