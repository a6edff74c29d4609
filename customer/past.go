package customer

// Past is a code as it was in one of its versions, by reference: who was a member, with which
// revision, and what people had fixed.
type Past struct {
	Change  Change // that made the version, with its time
	Hash    []byte // of the document as it was published
	History []byte // JSON: attribute → [[record, revision, place], ...], or [0, operation] of a pin
	Members []Record
	Erased  int // members whose content is gone since
	Pins    []Pin
	Grants  []Grant
}

// Active reports whether the code was active in the version.
func (p *Past) Active() bool {
	return p.Change.Kind != Removed && p.Change.Kind != Erased && (p.Change.Kind != Merged || p.Change.Successor == 0)
}

// MembersAfter folds the change log of a code: the records that it has after the changes, which are
// its first ones, in order.
func MembersAfter(code Code, changes []Change) map[RecordID]bool {
	out := map[RecordID]bool{}
	for i := range changes {
		for _, m := range changes[i].Moved {
			switch {
			case m.To == code:
				out[m.Record] = true
			case m.From == code:
				delete(out, m.Record)
			}
		}
	}
	return out
}

// Value finds a value by its reference; false if it is erased, or a part of the portrait no more.
func (p *Past) Value(a *Attribute, ref []int64) (v GoldenValue, known bool) {
	if len(ref) < 2 {
		return v, false
	}
	if ref[0] == 0 {
		for _, pin := range p.Pins {
			if pin.Operation == ref[1] && pin.Attribute == a.Name {
				v.Value, v.Provenance.Rule, v.Provenance.Operation = pin.Value, "pinned", pin.Operation
				v.Value.Attribute = a.ID
				return v, true
			}
		}
		return v, false
	}
	for i := range p.Members {
		m := &p.Members[i]
		if int64(m.ID) != ref[0] || int64(m.Revision) != ref[1] || m.Standard == nil {
			continue
		}
		place := 0
		if len(ref) > 2 {
			place = int(ref[2])
		}
		if values := m.Standard.Of(a.ID); place < len(values) {
			v.Value = values[place]
			v.Provenance = Provenance{Record: m.ID, Source: m.Ref.Source, Revision: m.Revision, Place: place}
			return v, true
		}
	}
	return v, false
}
