package proof

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/cespare/xxhash/v2"

	"kartoteka/customer"
)

// head is what is read of a golden record: nothing personal but what must be skipped.
type head struct {
	Code      customer.Code      `json:"code"`
	State     customer.CodeState `json:"state"`
	Epoch     int64              `json:"epoch"`
	Version   int64              `json:"version"`
	Successor customer.Code      `json:"successor"`
	Members   []struct {
		Record customer.RecordID `json:"record"`
	} `json:"members"`
	MemberCount int `json:"member_count"`
}

func (p *prover) golden(m *Message) error {
	h, ok := readHead(m)
	if !ok {
		p.result.Passed++
		return nil
	}
	if !p.wants(h.Code) {
		return nil
	}
	at := mark{version: uint32(h.Version), epoch: uint16(h.Epoch), state: stateOf(h.State)}
	known := p.codes[h.Code]
	if known.golden.newer(at) {
		known.golden.stale = true
		p.codes[h.Code] = known
		return nil
	}
	known.golden = at
	known.hash, known.xor, known.members = xxhash.Sum64(m.Value), 0, -int32(max(h.MemberCount, len(h.Members)))
	for _, member := range h.Members {
		known.xor ^= scatter(member.Record)
	}
	known.partial = h.MemberCount > len(h.Members)
	p.codes[h.Code] = known
	p.lead(h.Code, 1, at.state, h.Successor)
	return nil
}

// readHead reads a golden message; a tombstone has its version in the headers.
func readHead(m *Message) (h head, ok bool) {
	code, err := customer.ParseCode(string(m.Key))
	if err != nil {
		return h, false
	}
	if len(m.Value) > 0 {
		err = json.Unmarshal(m.Value, &h)
		return h, err == nil && h.Code == code && h.Version > 0 && stateOf(h.State) != unknown
	}
	h.Code, h.State = code, customer.CodeErased
	var err2 error
	h.Epoch, err = strconv.ParseInt(m.Header("ce_epoch"), 10, 64)
	h.Version, err2 = strconv.ParseInt(m.Header("ce_version"), 10, 64)
	return h, err == nil && err2 == nil
}

// row is the last word of the crosswalk on a key.
type row struct {
	code     customer.Code
	record   customer.RecordID
	position int64
	stale    bool // a row with a greater position stands before the last one
}

// readCrosswalk folds one partition after the other: a key stands in one of them only.
func (p *prover) readCrosswalk(ctx context.Context, from Source, spans []Span) error {
	topic := p.options.Topics.Crosswalk
	for _, s := range spans {
		last := map[uint64]row{}
		if err := p.read(ctx, from, topic, []Span{s}, &p.result.Crosswalk, func(m *Message) error {
			p.crossing(m, last)
			return nil
		}); err != nil {
			return err
		}
		p.checks.crosswalk.Checked += int64(len(last))
		for _, r := range last {
			p.count(r)
		}
	}
	return nil
}

func (p *prover) crossing(m *Message, last map[uint64]row) {
	r := row{}
	if len(m.Value) > 0 {
		var x struct {
			Code     customer.Code     `json:"code"`
			Record   customer.RecordID `json:"record"`
			Position int64             `json:"position"`
		}
		if json.Unmarshal(m.Value, &x) != nil || x.Code == 0 {
			p.result.Passed++
			return
		}
		r.code, r.record, r.position = x.Code, x.Record, x.Position
	} else {
		r.position, _ = strconv.ParseInt(m.Header("ce_version"), 10, 64)
	}
	key := xxhash.Sum64(m.Key)
	if known := last[key]; known.position > r.position {
		known.stale = true
		r = known
	}
	last[key] = r
}

func (p *prover) count(r row) {
	if r.code == 0 || !p.wants(r.code) {
		return
	}
	if r.stale {
		p.checks.crosswalk.Add(customer.Violation{Codes: []customer.Code{r.code}, Records: []customer.RecordID{r.record},
			What: fmt.Sprintf("the crosswalk of the record ends at an older row than that of position %d", r.position), Cure: cureWalk})
	}
	known := p.codes[r.code]
	known.members++
	known.xor ^= scatter(r.record)
	p.codes[r.code] = known
}
