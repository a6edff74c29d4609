package desk

import (
	"strings"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/standardize"
)

func (d *Deed) merge(s *sight) (resolve.Action, error) {
	who, err := s.parseWho(d.Customers, 2)
	m := resolve.Merge{Customers: who}
	if err == nil && d.Survivor != "" {
		m.Keep, err = s.parseCode(d.Survivor)
	}
	return m, err
}

func (d *Deed) split(s *sight) (resolve.Action, error) {
	code, err := s.parseCode(d.Code)
	if err != nil {
		return nil, err
	}
	records, err := s.parseRecords(d.Records)
	return resolve.Split{Code: code, Records: records}, err
}

func (d *Deed) unmerge(s *sight) (u resolve.Action, err error) {
	if d.Code != "" {
		code, err := s.parseCode(d.Code)
		return resolve.Unmerge{Code: code}, err
	}
	number, err := s.parseOperation(d.Operation)
	return resolve.Unmerge{Operation: number}, err
}

func (d *Deed) move(s *sight) (resolve.Action, error) {
	records, err := s.parseRecords(d.Records)
	if err != nil {
		return nil, err
	}
	if len(records) != 1 {
		return nil, invalid("one record is moved at a time")
	}
	to, err := s.parseWho([]string{d.To}, 1)
	if err != nil {
		return nil, err
	}
	return resolve.Relocate{Record: records[0], To: to[0]}, nil
}

func (d *Deed) judge(s *sight) (resolve.Action, error) {
	kind := customer.DecisionKind(d.Decision)
	if kind != customer.Same && kind != customer.Different {
		return nil, invalid("a decision is same or different")
	}
	who, err := s.parseWho(d.Customers, 2)
	return resolve.Judge{Decision: kind, Sides: who}, err
}

func (d *Deed) confirm(s *sight) (resolve.Action, error) {
	code, err := s.parseCode(d.Code)
	return resolve.Confirm{Code: code}, err
}

func (d *Deed) keep(s *sight) (resolve.Action, error) {
	code, err := s.parseCode(d.Code)
	return resolve.Keep{Code: code}, err
}

func (d *Deed) pin(s *sight) (resolve.Action, error) {
	if d.Value == "" && !d.Not {
		return nil, invalid("name the value, or say --not to show none")
	}
	code, err := s.parseCode(d.Code)
	if err != nil {
		return nil, err
	}
	row, err := s.tx.CodeAt(s.ctx, code)
	if err != nil {
		return nil, err
	}
	if err := s.mayWrite(row.Kind, d.Attribute); err != nil {
		return nil, err
	}
	value, err := s.pinned(row.Kind, d)
	return resolve.PinValue{Code: code, Attribute: d.Attribute, Value: value}, err
}

// mayWrite asks the policy about an attribute that there is; one that there is not is refused later.
func (s *sight) mayWrite(kind customer.Kind, attribute string) error {
	_, known := s.portrait().Lookup(kind, attribute)
	switch {
	case !known:
		return nil
	case s.view.Of(kind, attribute) == access.Absent:
		return invalid("%s has no attribute of this name", kind.An())
	}
	return s.desk.policy.MayWrite(s.who, attribute)
}

// pinned standardizes what is to be pinned; an attribute that there is none of is refused later.
func (s *sight) pinned(kind customer.Kind, d *Deed) (customer.Value, error) {
	if d.Not && d.Value == "" {
		return customer.Value{Verdict: customer.Empty, Kind: d.Kind}, nil
	}
	v, err := s.standard(kind, d.Attribute, d.Value, d.Kind)
	if d.Not {
		v.Verdict = customer.Empty
	}
	return v, err
}

// standard standardizes one value as a person writes it.
func (s *sight) standard(kind customer.Kind, attribute, text, sort string) (customer.Value, error) {
	p := s.rules.Portrait
	id, known := p.Lookup(kind, attribute)
	if !known || p.Attribute(id).Type.IsFact() || s.view.Of(kind, attribute) == access.Absent {
		return customer.Value{}, nil
	}
	row, _ := standardize.New(p, s.rules.Company).Row(&customer.Mapped{Kind: kind, Values: []customer.RawValue{{Attribute: id, Text: text, Kind: sort}}})
	list := row.Of(id)
	if len(list) != 1 || !list[0].Verdict.Usable() {
		return customer.Value{}, invalid("this is no %s that could be used; write one value, as a person would", attribute)
	}
	return list[0], nil
}

func (d *Deed) unpin(s *sight) (resolve.Action, error) {
	code, err := s.parseCode(d.Code)
	u := resolve.Unpin{Code: code, Attribute: strings.TrimSpace(d.Attribute)}
	if err != nil {
		return nil, err
	}
	row, err := s.tx.CodeAt(s.ctx, code)
	if err != nil {
		return nil, err
	}
	if err := s.mayWrite(row.Kind, u.Attribute); err != nil || d.Value == "" {
		return u, err
	}
	v, err := s.standard(row.Kind, u.Attribute, d.Value, "")
	u.Standard = v.Standard
	return u, err
}

func (d *Deed) grant(s *sight) (resolve.Action, error) {
	who, err := s.parseWho(d.Customers, 1)
	if err != nil {
		return nil, err
	}
	var at customer.Instant
	if d.At != "" {
		if at, err = ParseMoment(d.At); err != nil {
			return nil, err
		}
	}
	address, err := s.contactPoint(d.Address)
	return resolve.Grant{Customer: who[0], Consent: customer.Consent{Purpose: strings.TrimSpace(d.Purpose), Channel: strings.TrimSpace(d.Channel), Address: address, At: at}}, err
}

// contactPoint standardizes a phone number or an address for mail.
func (s *sight) contactPoint(text string) (string, error) {
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	p := s.rules.Portrait
	z := standardize.New(p, s.rules.Company)
	want := customer.TypePhone
	if strings.Contains(text, "@") {
		want = customer.TypeEmail
	}
	for _, a := range p.Of(customer.Person) {
		if a.Type != want {
			continue
		}
		row, _ := z.Row(&customer.Mapped{Kind: customer.Person, Values: []customer.RawValue{{Attribute: a.ID, Text: text}}})
		if v := row.Of(a.ID); len(v) == 1 && v[0].Verdict.Usable() {
			return v[0].Standard, nil
		}
	}
	return "", invalid("--address is no phone number and no e-mail address")
}

func (d *Deed) revoke(s *sight) (resolve.Action, error) {
	number, err := s.parseOperation(d.Operation)
	return resolve.Revoke{Operation: number}, err
}
