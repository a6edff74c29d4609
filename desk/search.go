package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/standardize"
	"kartoteka/store"
)

// Bounds of a search.
const (
	maxFound       = 100
	maxValues      = 50
	maxSearchText  = 1000
	maxSearchWords = 30
	shownValues    = 5
)

// Question is what is known of a customer: a text as people write it, or values by attribute, or both.
type Question struct {
	Text   string              `json:"text,omitempty"`
	Kind   customer.Kind       `json:"kind,omitempty"`   // of the values; "" if they tell
	Values map[string][]string `json:"values,omitempty"` // attribute → as a person would write them
	Limit  int                 `json:"limit,omitempty"`  // of answers; 10 by default
	// Sort is the order of the best Limit customers: [ByScore] by default, or [ByName] in the dictionary
	// of Lang; "" is that of the subject.
	Sort string `json:"sort,omitempty"`
	Lang string `json:"lang,omitempty"`
}

// Found is a customer who may be the one that was asked about.
type Found struct {
	Code  customer.Code `json:"code"`
	Kind  customer.Kind `json:"kind,omitempty"`
	Score float64       `json:"score"` // evidence of what agrees, in bits
	// Same says that a record with these values would be linked to one of the customer's.
	Same bool `json:"same"`
	// Source and Key are the record that agrees most, or that was named.
	Source  customer.Source `json:"source,omitempty"`
	Key     string          `json:"key,omitempty"`
	Values  []NamedValue    `json:"values,omitempty"` // the first golden ones
	Records int             `json:"records,omitempty"`
	Sources []string        `json:"sources,omitempty"` // who knows the customer
	Named   bool            `json:"named,omitempty"`   // by its code or key
}

// NamedValue is a value and what it is of.
type NamedValue struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value"`
}

func (q *Question) check() error {
	if q.Limit == 0 {
		q.Limit = 10
	}
	n, length := 0, len(q.Text)
	if q.Sort != "" && q.Sort != ByScore && q.Sort != ByName {
		return invalid("sort is %s or %s", ByScore, ByName)
	}
	if err := storable(q.Text, string(q.Kind)); err != nil {
		return err
	}
	for _, values := range q.Values {
		if err := storable(values...); err != nil {
			return err
		}
		n += len(values)
		for _, v := range values {
			length = max(length, len(v))
		}
	}
	switch {
	case q.Limit < 1 || q.Limit > maxFound:
		return invalid("limit is a number from 1 to %d", maxFound)
	case strings.TrimSpace(q.Text) == "" && n == 0:
		return invalid("say what is known: text=TEXT, or attributes such as name=NAME&phone=PHONE")
	case n > maxValues || length > maxSearchText:
		return invalid("at most %d values of %d bytes each", maxValues, maxSearchText)
	case q.Kind != "" && !slices.Contains(customer.Kinds(), q.Kind):
		return invalid("kind is one of %v", customer.Kinds())
	}
	return nil
}

// Search looks for customers by what is known of them, best first; those that the text names by a code
// or a key come before all others. A subject is not helped to guess what it does not see: attributes
// hidden from it count for nothing, and masked ones only if it may reveal them.
func (d *Desk) Search(ctx context.Context, q Question) ([]Found, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	if d.options.Audit != nil && d.policy.Can(access.From(ctx), access.Search) {
		if err := d.options.Audit.Searches(ctx, access.From(ctx)); err != nil {
			return nil, err
		}
	}
	out := []Found{}
	err := d.explain(ctx, access.Search, func(s *sight) (err error) {
		out, err = s.search(&q)
		return err
	})
	if err != nil {
		return nil, err
	}
	codes := make([]customer.Code, len(out))
	for i := range out {
		codes[i] = out[i].Code
	}
	return out, d.Viewed(ctx, access.Search, codes...)
}

// Ignored tells by which attributes of a question the subject does not find everybody, by name: there
// are none of these names, or of persons or of organizations it does not see the values whole and may not reveal them.
func (d *Desk) Ignored(ctx context.Context, q Question) (out []string) {
	who, portrait := access.From(ctx), d.Portrait()
	if portrait == nil {
		return nil
	}
	view, reveals := d.policy.View(who, portrait), d.policy.Can(who, access.Reveal)
	for name := range q.Values {
		known, unseen := false, false
		for _, kind := range customer.Kinds() {
			if _, is := portrait.Lookup(kind, name); is && (q.Kind == "" || q.Kind == kind) {
				seen := view.Of(kind, name)
				known, unseen = true, unseen || seen == access.Absent || seen == access.Hint && !reveals
			}
		}
		if !known || unseen {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func (s *sight) search(q *Question) ([]Found, error) {
	found := map[customer.Code]Found{}
	if err := s.findNamed(q.Text, found); err != nil {
		return nil, err
	}
	if err := s.findDescribed(q, found); err != nil {
		return nil, err
	}
	list, err := s.ranked(found, q.Limit)
	if err != nil {
		return nil, err
	}
	if err := s.describe(list); err != nil {
		return nil, err
	}
	if q.Sort == ByName {
		sortByName(list, cmp.Or(q.Lang, s.who.Lang))
	}
	return list, nil
}

// findDescribed asks the block index. Who sees some customers only gets the best of those.
func (s *sight) findDescribed(q *Question, found map[customer.Code]Found) error {
	questions, err := s.questions(q)
	if err != nil {
		return err
	}
	limit := q.Limit
	if s.bounded() {
		limit = maxFound
	}
	for _, question := range questions {
		hits, err := resolve.Search(s.ctx, s.rules.Resolve, s.tx, question, limit)
		if err != nil {
			return err
		}
		for _, hit := range hits {
			one := found[hit.Code]
			same := hit.Total >= s.rules.Matcher.Link(question.Known.Kind)
			one.Code, one.Score, one.Same = hit.Code, max(one.Score, bits(hit.Score)), one.Same || same
			one.Source, one.Key = hit.Record.Ref.Source, hit.Record.Ref.Key
			found[hit.Code] = one
		}
	}
	return nil
}

// ranked puts the customers that the subject sees in order.
func (s *sight) ranked(found map[customer.Code]Found, limit int) ([]Found, error) {
	var codes []customer.Code
	for code := range found {
		codes = append(codes, code)
	}
	seen, err := s.visible(codes)
	list := []Found{}
	for code, one := range found {
		if seen[code] {
			list = append(list, one)
		}
	}
	slices.SortFunc(list, func(x, y Found) int {
		return cmp.Or(byBool(x.Named, y.Named), cmp.Compare(y.Score, x.Score), cmp.Compare(x.Code, y.Code))
	})
	return list[:min(len(list), limit)], err
}

// byBool puts true first.
func byBool(x, y bool) int {
	switch {
	case x == y:
		return 0
	case x:
		return -1
	}
	return 1
}

// findNamed looks the words up as codes, SOURCE/KEY and keys.
func (s *sight) findNamed(text string, found map[customer.Code]Found) error {
	words := strings.Fields(text)
	words = append([]string{strings.TrimSpace(text)}, words[:min(len(words), maxSearchWords)]...)
	for _, word := range words {
		if word == "" {
			continue
		}
		if code, err := customer.ParseCode(word); err == nil {
			if err := s.findCode(code, found); err != nil {
				return err
			}
		}
		if err := s.findKey(word, found); err != nil {
			return err
		}
	}
	return nil
}

// findCode finds the code itself, or the one it leads to.
func (s *sight) findCode(code customer.Code, found map[customer.Code]Found) error {
	row, err := s.follow(code, nil)
	switch {
	case errors.Is(err, store.ErrUnknown):
		return nil
	case err == nil && row.State == customer.CodeActive:
		found[row.Code] = Found{Code: row.Code, Named: true}
	}
	return err
}

func (s *sight) findKey(word string, found map[customer.Code]Found) error {
	if !s.view.Shows(access.Members) {
		return nil
	}
	records, err := s.tx.RecordsWithKey(s.ctx, word, 20)
	if err != nil {
		return err
	}
	if source, key, is := strings.Cut(word, "/"); is {
		row, err := s.tx.RecordAt(s.ctx, customer.Ref{Source: customer.Source(source), Key: key})
		switch {
		case err == nil:
			records = append(records, row)
		case !errors.Is(err, store.ErrUnknown):
			return err
		}
	}
	for _, rec := range records {
		if rec.Code != 0 {
			found[rec.Code] = Found{Code: rec.Code, Source: rec.Ref.Source, Key: rec.Ref.Key, Named: true}
		}
	}
	return nil
}

// describe adds the first golden values and who knows the customer.
func (s *sight) describe(list []Found) error {
	var codes []customer.Code
	for _, one := range list {
		codes = append(codes, one.Code)
	}
	documents, err := s.tx.Documents(s.ctx, codes)
	if err != nil {
		return err
	}
	for i := range list {
		one := &list[i]
		if !s.view.Shows(access.Members) {
			one.Source, one.Key = "", ""
		}
		d := s.view.Apply(s.portrait(), documents[one.Code])
		if d == nil {
			continue
		}
		one.Kind, one.Records, one.Sources = d.Kind, d.MemberCount, sourcesOf(d)
		one.Values = s.shortly(d)
	}
	return nil
}

// shortly are the first values of a customer, by which people tell it from others.
func (s *sight) shortly(d *customer.Document) (out []NamedValue) {
	for _, a := range s.portrait().Of(d.Kind) {
		if values := d.Attributes[a.Name]; len(values) > 0 && len(out) < shownValues {
			text, _ := clip(values[0].Value)
			out = append(out, NamedValue{a.Name, text})
		}
	}
	return out
}

func sourcesOf(d *customer.Document) (out []string) {
	for _, m := range d.Members {
		if !slices.Contains(out, string(m.Source)) {
			out = append(out, string(m.Source))
		}
	}
	return out
}

// questions standardizes what is known; it may be about a person and about an organization.
func (s *sight) questions(q *Question) ([]resolve.Question, error) {
	z := standardize.New(s.rules.Portrait, s.rules.Company)
	var out []resolve.Question
	if strings.TrimSpace(q.Text) != "" {
		for _, asked := range z.Ask(q.Text) {
			out = append(out, resolve.Question{Known: &asked.Known, Variants: asked.Variants})
		}
	}
	if len(q.Values) > 0 {
		given, err := s.given(z, q)
		if err != nil {
			return nil, err
		}
		out = append(out, given...)
	}
	for i := range out {
		s.forget(out[i].Known)
		for j := range out[i].Variants {
			s.forget(&out[i].Variants[j])
		}
	}
	return out, nil
}

// given standardizes values by attribute, for each kind that has such attributes.
func (s *sight) given(z *standardize.Standardizer, q *Question) (out []resolve.Question, err error) {
	kinds := customer.Kinds()
	if q.Kind != "" {
		kinds = []customer.Kind{q.Kind}
	}
	known := false
	for _, kind := range kinds {
		mapped := customer.Mapped{Kind: kind}
		for name, values := range q.Values {
			id, is := s.rules.Portrait.Lookup(kind, name)
			if !is {
				continue
			}
			for _, text := range values {
				mapped.Values = append(mapped.Values, customer.RawValue{Attribute: id, Text: text})
			}
		}
		if len(mapped.Values) == 0 {
			continue
		}
		known = true
		slices.SortStableFunc(mapped.Values, func(x, y customer.RawValue) int { return int(x.Attribute) - int(y.Attribute) })
		if standard, filtered := z.Row(&mapped); filtered == "" {
			out = append(out, resolve.Question{Known: &standard})
		}
	}
	if !known {
		return nil, invalid("the portrait has none of these attributes; kartoteka config print shows which there are")
	}
	return out, nil
}

// forget takes out of what is asked what the subject must not find customers by.
func (s *sight) forget(known *customer.Standard) {
	if s.whole() {
		return
	}
	reveals := s.may(access.Reveal)
	known.Values = slices.DeleteFunc(slices.Clone(known.Values), func(v customer.Value) bool {
		visible, masked := s.shows(known.Kind, s.portrait().Attribute(v.Attribute).Name)
		return !visible || masked && !reveals
	})
}
