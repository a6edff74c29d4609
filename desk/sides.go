package desk

import (
	"slices"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/store"
)

// side is one of the customers of a question.
type side struct {
	ids      []customer.RecordID
	code     customer.Code      // of all its records, 0 if they have several
	document *customer.Document // as stored, if no other side has the code
	members  []weighed          // the first
}

func (x *side) kind() customer.Kind {
	if len(x.members) == 0 {
		return ""
	}
	return x.members[0].item.Kind
}

// sidesOf finds the records of each side.
func (s *sight) sidesOf(t *store.TaskRow) ([]side, error) {
	lists, err := s.sideRecords(t)
	if err != nil {
		return nil, err
	}
	var out []side
	var codes []customer.Code
	for _, ids := range lists {
		x := side{ids: ids}
		if x.code, x.members, err = s.loaded(ids); err != nil {
			return nil, err
		}
		codes = append(codes, x.code)
		out = append(out, x)
	}
	documents, err := s.tx.Documents(s.ctx, codes)
	for i := range out {
		if alone := len(codes) == 1 || countOf(codes, codes[i]) == 1; alone {
			out[i].document = documents[codes[i]]
		}
	}
	return out, err
}

func countOf(codes []customer.Code, code customer.Code) (n int) {
	for _, c := range codes {
		if c == code {
			n++
		}
	}
	return n
}

func (s *sight) sideRecords(t *store.TaskRow) ([][]customer.RecordID, error) {
	switch {
	case len(t.Sides) > 0:
		return bySide(t), nil
	case t.Kind == customer.TaskDisagreement:
		return s.decisionSides(t)
	case t.Kind == customer.TaskKeyReuse:
		return s.formerSides(t)
	case t.Other != 0:
		left, err := s.tx.RecordsOf(s.ctx, []customer.Code{t.Code})
		if err != nil {
			return nil, err
		}
		right, err := s.tx.RecordsOf(s.ctx, []customer.Code{t.Other})
		return [][]customer.RecordID{left, right}, err
	}
	return [][]customer.RecordID{t.Records}, nil
}

func bySide(t *store.TaskRow) (out [][]customer.RecordID) {
	for i, id := range t.Records {
		if i >= len(t.Sides) {
			break
		}
		for int(t.Sides[i]) >= len(out) {
			out = append(out, nil)
		}
		out[t.Sides[i]] = append(out[t.Sides[i]], id)
	}
	return out
}

// decisionSides are those of the decision in doubt; of one that says that all are the same its first
// record against the rest.
func (s *sight) decisionSides(t *store.TaskRow) ([][]customer.RecordID, error) {
	found, err := s.tx.Decisions(s.ctx, t.Records)
	at := slices.IndexFunc(found, func(d customer.Decision) bool { return d.ID == t.Decision })
	if err != nil || at < 0 {
		return [][]customer.RecordID{t.Records}, err
	}
	return [][]customer.RecordID{found[at].Left, found[at].Right}, nil
}

// formerSides are the customer who had the key before, and the one who has it now.
func (s *sight) formerSides(t *store.TaskRow) ([][]customer.RecordID, error) {
	now := t.Records[len(t.Records)-1:]
	code, err := s.tx.LastCodeOf(s.ctx, t.Records[0])
	if err != nil || code == 0 || code == t.Code || s.sees(code) != nil {
		return [][]customer.RecordID{now}, err
	}
	former, err := s.tx.RecordsOf(s.ctx, []customer.Code{code})
	return [][]customer.RecordID{former, now}, err
}

// loaded reads the first records of a side, and the code that all of these have.
func (s *sight) loaded(ids []customer.RecordID) (code customer.Code, members []weighed, err error) {
	records, err := s.tx.Records(s.ctx, ids[:min(len(ids), whyMembers)])
	if err != nil || len(records) == 0 {
		return 0, nil, err
	}
	slices.SortFunc(records, func(x, y customer.Record) int { return int(x.ID - y.ID) })
	code = records[0].Code
	for i := range records {
		if records[i].Code != code {
			code = 0
		}
	}
	members, err = s.weigh(records)
	return code, members, err
}

// side shows a side as the subject may see it.
func (s *sight) side(x *side) (Side, error) {
	out := Side{Code: x.code, Count: len(x.ids), Records: []SourceRecord{}}
	out.Document = s.view.Apply(s.portrait(), x.document)
	if !s.view.Shows(access.Members) {
		return out, nil
	}
	var ids []customer.RecordID
	for _, m := range x.members[:min(len(x.members), sideRecords)] {
		ids = append(ids, m.ID)
	}
	rows, err := s.tx.WrittenAt(s.ctx, ids)
	if err != nil {
		return out, err
	}
	out.Records, err = s.sourceRecords(rows)
	return out, err
}
