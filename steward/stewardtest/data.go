package stewardtest

import (
	"context"
	"time"

	"kartoteka/customer"
	"kartoteka/desk"
	"kartoteka/matching"
	"kartoteka/resolve"
)

// Codes of the made-up customers.
var (
	Anna  = customer.WithCheckDigit(48151623420)
	Anya  = customer.WithCheckDigit(10423377001)
	Olena = customer.WithCheckDigit(77120050031)
	Gone  = customer.WithCheckDigit(33000111222)
)

// Moment is when everything happens.
var Moment = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

// New is a desk with a few questions, in Russian and Ukrainian.
func New() *Desk {
	d := &Desk{Now: Moment, Numbers: desk.Numbers{Open: 128, Answered: 17, Capacity: 60, Asked: 43, Unasked: 85, Loss: 31.4}}
	d.Tasks = []*desk.Task{pair(), ukrainian(), whole(), taken(), closed()}
	d.Cards = map[customer.Code]*desk.Customer{Anna: card(), Gone: retired()}
	d.Found = found()
	return d
}

func value(v string, source customer.Source, rule string, more ...string) customer.DocumentValue {
	out := customer.DocumentValue{Value: v, Source: source, Rule: rule, Record: 1, Observed: Moment.AddDate(0, -3, -4), Verdict: customer.Valid}
	for _, m := range more {
		out.RunnersUp = append(out.RunnersUp, customer.RunnerUp{Record: 7, Source: "shop", Standard: m})
	}
	return out
}

func annaDocument() *customer.Document {
	return &customer.Document{Code: Anna, Kind: customer.Person, State: customer.CodeActive, Version: 7, MemberCount: 3,
		Attributes: map[string][]customer.DocumentValue{
			"name":       {value("Ковалёва Анна Сергеевна", "crm", "trusted", "Ковалева А. С.", "Kovaleva Anna")},
			"birth_date": {value("1985-04-12", "crm", "most_agreed")},
			"gender":     {value("f", "crm", "most_agreed")},
			"inn":        {value("526317984689", "billing", "trusted")},
			"passport":   {value("•••456", "crm", "latest")},
			"phone":      {value("+79162001137", "crm", "all"), value("+79031234567", "shop", "all")},
			"email":      {value("anna.kovaleva@example.ru", "shop", "all")},
			"address":    {value("603005, Нижегородская область, Нижний Новгород, ул. Большая Покровская, д. 12, кв. 7", "crm", "latest")},
		},
		Products:  []customer.Product{{Kind: "loan", Number: "40817810200000000001", Status: "open", Opened: customer.Date{Year: 2021, Month: 3, Day: 4}}},
		Consents:  []customer.Consent{{Purpose: "marketing", Channel: "sms", Given: true, At: Moment.AddDate(-1, 0, 0)}, {Purpose: "marketing", Channel: "email"}},
		Relations: []customer.Relation{{Attribute: "employer", Target: customer.Ref{Source: "1c", Key: "17"}}},
		Members:   []customer.DocumentMember{{Source: "crm", Key: "1042", Record: 1}},
	}
}

func anyaDocument() *customer.Document {
	return &customer.Document{Code: Anya, Kind: customer.Person, State: customer.CodeActive, Version: 2, MemberCount: 1,
		Attributes: map[string][]customer.DocumentValue{
			"name":       {value("Ковалева Aнна Сергеевна", "desk", "trusted")}, // a Latin A
			"birth_date": {value("1985-12-04", "desk", "most_agreed")},
			"phone":      {value("+79162001173", "desk", "all")},
			"email":      {value("anna.kovaleva@example.ru", "desk", "all")},
			"address":    {value("Нижний Новгород, Б. Покровская, 12-7", "desk", "latest")},
		},
		Consents: []customer.Consent{{Purpose: "marketing", Given: false}},
	}
}

func sourceRecord(source customer.Source, key string, id customer.RecordID, values ...desk.SourceValue) desk.SourceRecord {
	r := desk.SourceRecord{Source: source, Key: key, Record: id, Revision: 1, Kind: customer.Person, State: customer.RecordLive, Landed: Moment.AddDate(0, 0, -40), Values: values}
	for _, v := range values {
		r.Raw = append(r.Raw, desk.Cell{Column: v.Attribute, Text: v.Raw})
	}
	return r
}

func said(attribute, raw, standard string) desk.SourceValue {
	return desk.SourceValue{Attribute: attribute, Raw: raw, Standard: standard, Verdict: customer.Valid}
}

func annaRecords() []desk.SourceRecord {
	return []desk.SourceRecord{
		sourceRecord("crm", "1042", 1, said("name", "КОВАЛЁВА АННА СЕРГЕЕВНА", "Ковалёва Анна Сергеевна"), said("birth_date", "12.04.1985", "1985-04-12"), said("phone", "8 (916) 200-11-37", "+79162001137")),
		sourceRecord("billing", "B-77-0001", 2, said("name", "Ковалева А. С.", "Ковалева А. С."), said("inn", "5263 1798 4689", "526317984689")),
		sourceRecord("shop", "anna.kovaleva@example.ru", 7, said("name", "Kovaleva Anna", "Kovaleva Anna"), said("email", "Anna.Kovaleva@Example.ru", "anna.kovaleva@example.ru"), said("phone", "+7 903 123 45 67", "+79031234567")),
	}
}

func rows(a, b *customer.Document, states map[string]desk.RowState) []desk.AttributeRow {
	var out []desk.AttributeRow
	for _, x := range Portrait().Attributes {
		if len(a.Attributes[x.Name])+len(b.Attributes[x.Name]) == 0 {
			continue
		}
		out = append(out, desk.AttributeRow{Attribute: x.Name, Type: x.Type, State: states[x.Name], Masked: x.Sensitivity == customer.Secret,
			Sides: [][]customer.DocumentValue{a.Attributes[x.Name], b.Attributes[x.Name]}})
	}
	return out
}

func step(part, level string, weight matching.Weight, left, right string) matching.Step {
	return matching.Step{Part: part, Level: level, M: 0.93, U: 0.0004, Weight: weight, Left: left, Right: right}
}

func why() *desk.Why {
	household := matching.Weight(2100)
	return &desk.Why{A: desk.WhyRecord{Source: "crm", Key: "1042", Record: 1, Kind: customer.Person, Code: Anna}, B: desk.WhyRecord{Source: "desk", Key: "88", Record: 12, Kind: customer.Person, Code: Anya}, Model: "9c1f00a2b3c4d5e6",
		Pair: &matching.Why{Kind: customer.Person, Prior: -1840, Kinship: -210, Chance: 2310, Household: &household, Total: 1160, Link: 1400, Rules: []string{"name.last.sound + birth_date", "email.local"},
			Comparisons: []matching.Compared{
				{Name: "name", Weight: 1270, Steps: []matching.Step{step("last", "typo", 640, "ковалева", "ковалёва"), step("first", "exact", 380, "анна", "анна"), step("patronymic", "exact", 250, "сергеевна", "сергеевна")}},
				{Name: "birth_date", Weight: 610, Steps: []matching.Step{step("", "swapped", 610, "1985-04-12", "1985-12-04")}},
				{Name: "phone", Weight: -190, Steps: []matching.Step{step("", "differs", -190, "+79162001137", "+79162001173")}},
				{Name: "email", Weight: 1140, Steps: []matching.Step{step("", "exact", 1140, "anna.kovaleva@example.ru", "anna.kovaleva@example.ru")}},
				{Name: "address", Weight: 380, Steps: []matching.Step{step("city", "exact", 120, "", ""), step("street", "close", 260, "большая покровская", "б покровская")}},
			}}}
}

func row(id int64, kind customer.TaskKind, code, other customer.Code, bits, loss float64) desk.TaskRow {
	key := "task." + string(kind)
	r := desk.TaskRow{ID: id, Kind: kind, State: customer.TaskOpen, Code: code, Other: other, Bits: bits, Loss: loss, Records: 4, Opened: Moment.Add(-time.Duration(id) * 7 * time.Hour),
		Question: desk.Sentence{Key: key, Args: []string{code.String(), other.String()}}, Approve: desk.Sentence{Key: key + ".approve"}, Reject: desk.Sentence{Key: key + ".reject"}}
	r.Customers = append(r.Customers, desk.Brief{Code: code, Kind: customer.Person, Values: []desk.NamedValue{{Attribute: "name", Value: "Ковалёва Анна Сергеевна"}, {Attribute: "birth_date", Value: "1985-04-12"}, {Attribute: "phone", Value: "+79162001137"}}})
	if other != 0 {
		r.Customers = append(r.Customers, desk.Brief{Code: other, Kind: customer.Person, Values: []desk.NamedValue{{Attribute: "name", Value: "Ковалева Aнна Сергеевна"}, {Attribute: "birth_date", Value: "1985-12-04"}}})
	}
	return r
}

func pair() *desk.Task {
	a, b := annaDocument(), anyaDocument()
	t := &desk.Task{TaskRow: row(17, customer.TaskPossibleMatch, Anna, Anya, 11.6, 4.25), Version: Anna.String() + ":7", Why: why(), Preview: joinPreview()}
	t.Rows = rows(a, b, map[string]desk.RowState{"name": desk.Differ, "birth_date": desk.Differ, "gender": desk.AgreeGap, "inn": desk.AgreeGap, "passport": desk.AgreeGap, "phone": desk.Differ, "email": desk.Agree, "address": desk.Differ})
	t.Sides = []desk.Side{{Code: Anna, Document: a, Count: 3, Records: annaRecords()},
		{Code: Anya, Document: b, Count: 1, Records: []desk.SourceRecord{sourceRecord("desk", "88", 12, said("name", "Ковалева Aнна Сергеевна", "Ковалева Aнна Сергеевна"), said("birth_date", "04/12/85", "1985-12-04"), said("phone", "9162001173", "+79162001173"))}}}
	return t
}

func joinPreview() *resolve.Preview {
	after := annaDocument()
	after.Version, after.MemberCount = 8, 4
	after.Attributes["phone"] = append(after.Attributes["phone"], value("+79162001173", "desk", "all"))
	return &resolve.Preview{Codes: []resolve.CodePreview{{Code: Anna, Kind: customer.Merged, Fields: []string{"phone"}, Before: annaDocument(), After: after},
		{Code: Anya, Kind: customer.Merged, After: &customer.Document{Code: Anya, State: customer.CodeRetired, Successor: Anna}}},
		Closed: []resolve.TaskPreview{{ID: 17}, {ID: 21}}}
}

func splitPreview() *resolve.Preview {
	left, right := annaDocument(), anyaDocument()
	return &resolve.Preview{Codes: []resolve.CodePreview{{Code: Anna, Kind: customer.Split, Before: annaDocument(), After: left}, {Code: Olena, Kind: customer.Created, After: right}}}
}

func ukrainian() *desk.Task {
	a := &customer.Document{Code: Olena, Kind: customer.Person, State: customer.CodeActive, Version: 3, Attributes: map[string][]customer.DocumentValue{
		"name": {value("Шевченко Олена Іванівна", "crm", "trusted")}, "birth_date": {value("1979-01-30", "crm", "trusted")}, "phone": {value("+380671234567", "crm", "all")}}}
	b := &customer.Document{Code: Anya, Kind: customer.Person, State: customer.CodeActive, Version: 1, Attributes: map[string][]customer.DocumentValue{
		"name": {value("Shevchenko Olena", "shop", "trusted")}, "birth_date": {value("1979-01-30", "shop", "trusted")}, "email": {value("o.shevchenko@example.ua", "shop", "all")}}}
	t := &desk.Task{TaskRow: row(18, customer.TaskHeldJoin, Olena, Anya, 16.2, 2.5), Version: Olena.String() + ":3", Why: why()}
	t.Customers[0].Values[0].Value, t.Customers[1].Values[0].Value = "Шевченко Олена Іванівна", "Shevchenko Olena"
	t.Rows = rows(a, b, map[string]desk.RowState{"name": desk.Differ, "birth_date": desk.Agree, "phone": desk.AgreeGap, "email": desk.AgreeGap})
	t.Sides = []desk.Side{{Code: Olena, Document: a, Count: 2}, {Code: Anya, Document: b, Count: 1}}
	after := *a
	t.Preview = &resolve.Preview{Codes: []resolve.CodePreview{{Code: Olena, Kind: customer.Merged, After: &after}}}
	return t
}

func whole() *desk.Task {
	a, b := annaDocument(), anyaDocument()
	t := &desk.Task{TaskRow: row(19, customer.TaskOverMerge, Anna, 0, 3.1, 1.75), Version: Anna.String() + ":7", Preview: splitPreview(), Why: why()}
	t.Rows = rows(a, b, map[string]desk.RowState{"name": desk.Differ, "birth_date": desk.Differ, "phone": desk.Differ, "email": desk.Agree, "address": desk.Differ, "inn": desk.AgreeGap})
	t.Sides = []desk.Side{{Count: 3, Records: annaRecords()}, {Count: 2, Records: annaRecords()[:1]}}
	return t
}

func taken() *desk.Task {
	t := ukrainian()
	t.ID = 20
	t.TaskRow.Claim = &desk.Claim{By: "local:oleg", Until: Moment.Add(3 * time.Minute)}
	return t
}

func closed() *desk.Task {
	t := pair()
	t.ID, t.State, t.Reason = 21, customer.TaskDone, "approved"
	return t
}

func card() *desk.Customer {
	c := &desk.Customer{Asked: Anna.String(), Code: Anna, State: customer.CodeActive, Golden: annaDocument(), Records: annaRecords(), ETag: `"7"`, Masked: []string{"passport"},
		Members:   []desk.Member{{Source: "crm", Key: "1042", Record: 1, Revision: 1}, {Source: "billing", Key: "B-77-0001", Record: 2, Revision: 1}, {Source: "shop", Key: "anna.kovaleva@example.ru", Record: 7, Revision: 2, Waiting: true}},
		Relations: []desk.Relation{{Relation: customer.Relation{Attribute: "employer", Target: customer.Ref{Source: "1c", Key: "17"}}, Code: Olena}},
		Decisions: []desk.Decision{{ID: 5, Kind: customer.Same, Left: []customer.RecordID{1}, Right: []customer.RecordID{7}, Operation: 41}},
		Pins:      []desk.Pin{{Attribute: "name", Value: "Ковалёва Анна Сергеевна", Operation: 40}},
		Tasks:     []desk.TaskHead{{ID: 17, Kind: customer.TaskPossibleMatch, Code: Anna, Other: Anya}},
	}
	for _, v := range happened() {
		c.History = append(c.History, v.Happening)
	}
	return c
}

// happened are the versions of Anna's code, the newest first.
func happened() []desk.Version {
	out := make([]desk.Version, 3)
	first, second, third := &out[2].Happening, &out[1].Happening, &out[0].Happening
	first.Version, first.Kind, first.At, first.Operation, first.By = 1, customer.Created, Moment.AddDate(-1, 0, 0), 2, "resolve"
	second.Version, second.Kind, second.At, second.Operation, second.By, second.Fields = 6, customer.Updated, Moment.AddDate(0, -1, 0), 33, "resolve", []string{"address"}
	third.Version, third.Kind, third.At, third.Operation, third.By, third.Fields = 7, customer.Merged, Moment.AddDate(0, 0, -2), 41, "merge", []string{"phone", "email"}
	third.Actor, third.Reason = "local:anna", "один паспорт"
	for i := range out {
		out[i].Exact = true
	}
	out[0].Came = []desk.Moved{{Source: "shop", Key: "9", Record: 9, From: Anya, To: Anna}}
	out[0].Values = []desk.ValueChange{{Attribute: "phone", Before: []string{"+79162001137"}, After: []string{"+79162001137", "+79031234567"}}}
	return out
}

func retired() *desk.Customer {
	c := card()
	c.Asked, c.Code, c.State, c.LeadsTo = Gone.String(), Gone, customer.CodeRetired, []customer.Code{Anna}
	return c
}

func found() []desk.Found {
	return []desk.Found{
		{Code: Anna, Kind: customer.Person, Score: 31.2, Same: true, Records: 3, Sources: []string{"billing", "crm", "shop"}, Values: []desk.NamedValue{{Attribute: "name", Value: "Ковалёва Анна Сергеевна"}, {Attribute: "birth_date", Value: "1985-04-12"}, {Attribute: "phone", Value: "+79162001137"}}},
		{Code: Anya, Kind: customer.Person, Score: 9.4, Records: 1, Sources: []string{"desk"}, Values: []desk.NamedValue{{Attribute: "name", Value: "Ковалева Aнна Сергеевна"}, {Attribute: "birth_date", Value: "1985-12-04"}}}}
}

// History implements steward.Desk.
func (d *Desk) History(_ context.Context, who resolve.Who, _ desk.HistoryOptions) (*desk.History, error) {
	c := d.Cards[who.Code]
	if c == nil {
		return nil, desk.ErrUnknown
	}
	h := &desk.History{Code: c.Code, Versions: happened()}
	return h, d.Err
}

// How implements steward.Desk.
func (d *Desk) How(_ context.Context, who resolve.Who) (*desk.How, error) {
	if d.Cards[who.Code] == nil {
		return nil, desk.ErrUnknown
	}
	strong, weak, needed := matching.Weight(2240), matching.Weight(1430), matching.Weight(1400)
	return &desk.How{Code: who.Code, Members: 3, Weakest: 2, Steps: []desk.HowStep{
		{Left: []string{"crm/1042"}, Right: []string{"billing/B-77-0001"}, Total: &strong, Needed: &needed, A: "crm/1042", B: "billing/B-77-0001"},
		{Left: []string{"crm/1042", "billing/B-77-0001"}, Right: []string{"shop/anna.kovaleva@example.ru"}, Total: &weak, Needed: &needed, A: "crm/1042", B: "shop/anna.kovaleva@example.ru"}},
		Apart: []desk.HowApart{{Others: []string{"desk/88"}, Code: Anya, Total: 1160, Reason: matching.ApartReason("weak")}}}, nil
}

// Graph shows Anna's records.
func (d *Desk) Graph(_ context.Context, code customer.Code) (*desk.Graph, error) {
	c := d.Cards[code]
	if c == nil {
		return nil, desk.ErrUnknown
	}
	g := &desk.Graph{Code: code, Count: len(c.Records), Link: 1400}
	for i := range c.Records {
		x := &c.Records[i]
		g.Nodes = append(g.Nodes, desk.GraphNode{Record: x.Record, Source: x.Source, Key: x.Key, Home: code, Values: []desk.NamedValue{{Attribute: "name", Value: x.Values[0].Standard}}})
	}
	for i := range g.Nodes {
		for j := range i {
			g.Edges = append(g.Edges, desk.GraphEdge{A: j, B: i, Total: matching.Weight(2200 - 500*(i+j)), Same: i+j < 2, Bridge: i+j == 2, Vetoes: map[bool][]string{true: {"inn"}}[i+j == 3]})
		}
	}
	return g, d.Err
}

// Reveal shows a made-up passport.
func (d *Desk) Reveal(_ context.Context, who resolve.Who, attribute, _ string) (*desk.Revealed, error) {
	return &desk.Revealed{Code: who.Code, Attribute: attribute, Values: []string{"9204 123456"}}, d.Err
}

// Feed implements steward.Feeder.
func (d *Desk) Feed(_ context.Context, who resolve.Who, _ int) (*desk.Feed, error) {
	c := d.Cards[who.Code]
	if c == nil {
		return nil, desk.ErrUnknown
	}
	f := &desk.Feed{Code: c.Code, Golden: "bank.customer.golden.v1", Events: "bank.customer.events.v1", Published: 900}
	for i, v := range happened() {
		v.Epoch, v.Position = 1, int64(1000-300*i)
		f.Changes = append(f.Changes, desk.FeedChange{Happening: v.Happening, Published: v.Position <= f.Published})
	}
	return f, d.Err
}
