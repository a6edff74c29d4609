package resolve_test

import (
	"context"
	"fmt"
	"testing"

	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/standardize"
)

// namesakes are a base of which the records of every key are the same, each with a birth date of its own.
type namesakes struct {
	rules   *resolve.Rules
	records []resolve.Record
	read    int
}

func (n *namesakes) Carriers(_ context.Context, keys []uint64, limit int) (map[uint64][]customer.Carrier, error) {
	out := map[uint64][]customer.Carrier{}
	for i, rec := range n.records[:min(len(n.records), limit)] {
		out[keys[0]] = append(out[keys[0]], customer.Carrier{Node: int64(i), Sketch: n.rules.Matcher.Sketch(n.rules.Matcher.Item(rec.Standard))})
	}
	return out, nil
}

func (n *namesakes) OfNodes(_ context.Context, nodes []int64, _ bool) (out []resolve.Record, err error) {
	for _, at := range nodes {
		out = append(out, n.records[at])
	}
	n.read += len(nodes)
	return out, nil
}

func (n *namesakes) Generic(context.Context, []uint64) (map[uint64]bool, error) { return nil, nil }

// TestSearchReadsThePromisingFirst looks for the last of two hundred namesakes by name and birth date.
func TestSearchReadsThePromisingFirst(t *testing.T) {
	n := &namesakes{rules: calmRules(t)}
	z := standardize.New(n.rules.Portrait, standardize.Settings{Country: "RU"})
	person := func(date string) *customer.Standard {
		mapped := customer.Mapped{Kind: customer.Person}
		for name, text := range map[string]string{"name": "Кузнецов Антон", "birth_date": date} {
			id, _ := n.rules.Portrait.Lookup(customer.Person, name)
			mapped.Values = append(mapped.Values, customer.RawValue{Attribute: id, Text: text})
		}
		standard, _ := z.Row(&mapped)
		return &standard
	}
	for i := range 200 {
		n.records = append(n.records, resolve.Record{Code: customer.Code(i + 1), Standard: person(fmt.Sprintf("19%02d-%02d-11", 40+i/10, 1+i%10))})
	}
	hits, err := resolve.Search(t.Context(), n.rules, n, resolve.Question{Known: person("1959-10-11")}, 1)
	if err != nil || len(hits) != 1 || hits[0].Code != 200 {
		t.Errorf("found %d, %v; want the customer with that birth date", len(hits), err)
	}
	if n.read > 25 {
		t.Errorf("read %d records", n.read)
	}
}
