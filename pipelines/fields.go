package pipelines

import "kartoteka/customer"

// fieldCounts counts how complete attributes are.
type fieldCounts struct {
	rows             map[customer.Kind]int64
	filled, doubtful [256]int64
}

func (f *fieldCounts) count(s *customer.Standard) {
	if f.rows == nil {
		f.rows = map[customer.Kind]int64{}
	}
	f.rows[s.Kind]++
	for i := 0; i < len(s.Values); {
		id := s.Values[i].Attribute
		usable, doubtful := false, false
		for ; i < len(s.Values) && s.Values[i].Attribute == id; i++ {
			v := s.Values[i].Verdict
			usable = usable || v.Usable()
			doubtful = doubtful || v == customer.Invalid || v == customer.Filler || v == customer.Ambiguous
		}
		if usable {
			f.filled[id]++
		}
		if doubtful {
			f.doubtful[id]++
		}
	}
}

// add sums counts of the same portrait.
func (f *fieldCounts) add(g *fieldCounts) {
	if f.rows == nil {
		f.rows = map[customer.Kind]int64{}
	}
	for kind, n := range g.rows {
		f.rows[kind] += n
	}
	for i := range f.filled {
		f.filled[i] += g.filled[i]
		f.doubtful[i] += g.doubtful[i]
	}
}

func (f *fieldCounts) report(p *customer.Portrait) []customer.FieldReport {
	var out []customer.FieldReport
	for i := range p.Attributes {
		a := &p.Attributes[i]
		if f.filled[i]+f.doubtful[i] > 0 {
			out = append(out, customer.FieldReport{Kind: a.Kind, Attribute: a.Name, Filled: f.filled[i], Doubtful: f.doubtful[i], Rows: f.rows[a.Kind]})
		}
	}
	return out
}
