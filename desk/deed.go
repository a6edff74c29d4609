package desk

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/resolve"
)

// Deed is what is to be done, in the words of who asks; customers are named by CODE or SOURCE/KEY.
// Each action reads the fields that are said to be of it.
type Deed struct {
	Action    string   `json:"action" enum:"merge,split,unmerge,move,judge,confirm,keep,pin,unpin,grant,revoke" doc:"What is to be done."`
	Customers []string `json:"customers,omitempty" maxItems:"1000" doc:"merge, judge: two or more customers; grant: one. CODE or SOURCE/KEY."`
	Code      string   `json:"code,omitempty" doc:"split, unmerge, confirm, keep, pin, unpin: the personal code."`
	Survivor  string   `json:"survivor,omitempty" doc:"merge: the code that survives; else the one of most records, the oldest of equals."`
	Records   []string `json:"records,omitempty" maxItems:"10000" doc:"split: the records that are another customer; move: the one that belongs to somebody else. SOURCE/KEY."`
	To        string   `json:"to,omitempty" doc:"move: the customer whose the record is. CODE or SOURCE/KEY."`
	Operation int64    `json:"operation,omitempty" doc:"unmerge, revoke: the operation."`
	Decision  string   `json:"decision,omitempty" doc:"judge: same, or different (no two of those named are one)."`
	Attribute string   `json:"attribute,omitempty" doc:"pin, unpin: the attribute."`
	Value     string   `json:"value,omitempty" doc:"pin, unpin: the value, as a person would write it; unpin without it takes all of the attribute back."`
	Kind      string   `json:"kind,omitempty" doc:"pin: what sort of value: registration, living, work, ..."`
	Not       bool     `json:"not,omitempty" doc:"pin: the golden record must not show this value; without one, none of the attribute."`
	Purpose   string   `json:"purpose,omitempty" doc:"grant: what the consent is for."`
	Channel   string   `json:"channel,omitempty" doc:"grant: sms, email, phone; without it every channel."`
	Address   string   `json:"address,omitempty" doc:"grant: the contact point; without it the person."`
	At        string   `json:"at,omitempty" doc:"grant: when it was given; the default is now."`
}

// deeds are what the policy is asked about each action, and how it is read.
var deeds = map[string]struct {
	act  access.Act
	make func(*Deed, *sight) (resolve.Action, error)
}{
	"merge":   {access.Merge, (*Deed).merge},
	"split":   {access.Split, (*Deed).split},
	"unmerge": {access.Unmerge, (*Deed).unmerge},
	"move":    {access.Split, (*Deed).move},
	"judge":   {access.Judge, (*Deed).judge},
	"confirm": {access.Judge, (*Deed).confirm},
	"keep":    {access.Judge, (*Deed).keep},
	"pin":     {access.Pin, (*Deed).pin},
	"unpin":   {access.Pin, (*Deed).unpin},
	"grant":   {access.Judge, (*Deed).grant},
	"revoke":  {access.Judge, (*Deed).revoke},
}

func (d *Deed) act() (access.Act, error) {
	deed, known := deeds[d.Action]
	if !known {
		return "", invalid("the action is one of %s", strings.Join(slices.Sorted(maps.Keys(deeds)), ", "))
	}
	return deed.act, nil
}

// action reads the deed. Whom the subject does not see it cannot name.
func (d *Deed) action(s *sight) (resolve.Action, error) { return deeds[d.Action].make(d, s) }

// missing is the field without which an action says nothing; "" if all are there.
func (d *Deed) missing() string {
	needs := map[string]string{"code": d.Code, "attribute": d.Attribute, "to": d.To}
	fields := map[string][]string{"split": {"code"}, "confirm": {"code"}, "keep": {"code"}, "pin": {"code", "attribute"}, "unpin": {"code", "attribute"}, "move": {"to"}}
	for _, field := range fields[d.Action] {
		if strings.TrimSpace(needs[field]) == "" {
			return field
		}
	}
	if d.Action == "unmerge" && d.Code == "" && d.Operation == 0 {
		return "code or operation"
	}
	return ""
}

// parseCode reads a personal code that the subject sees; SOURCE/KEY is the code of that record.
func (s *sight) parseCode(text string) (customer.Code, error) {
	code, err := customer.ParseCode(text)
	if err != nil && strings.Contains(text, "/") {
		who, err := ParseWho(text)
		if err != nil {
			return 0, err
		}
		return s.code(who)
	}
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return code, s.sees(code)
}

func (s *sight) parseWho(texts []string, least int) ([]resolve.Who, error) {
	out := make([]resolve.Who, len(texts))
	for i, text := range texts {
		var err error
		if out[i], err = ParseWho(text); err != nil {
			return nil, err
		}
		if err := s.mayName(out[i]); err != nil {
			return nil, err
		}
	}
	if len(out) < least {
		return nil, invalid("name at least %d customers", least)
	}
	return out, nil
}

// mayName refuses customers that the subject does not see; those that there are not are refused later.
func (s *sight) mayName(w resolve.Who) error {
	if !s.bounded() {
		return nil
	}
	_, err := s.code(w)
	return err
}

// parseRecords reads SOURCE/KEY only.
func (s *sight) parseRecords(texts []string) ([]customer.Ref, error) {
	for _, text := range texts {
		if !strings.Contains(text, "/") {
			if _, err := customer.ParseCode(text); err != nil {
				return nil, invalid("a source record is named SOURCE/KEY, like crm/1043; kartoteka show CODE lists the records of a customer")
			}
		}
	}
	list, err := s.parseWho(texts, 1)
	var out []customer.Ref
	for _, w := range list {
		if w.Code != 0 {
			return nil, invalid("name source records, SOURCE/KEY; kartoteka show %s lists them", w.Code)
		}
		out = append(out, w.Ref)
	}
	return out, err
}

// parseOperation checks that the subject sees whom an operation was about.
func (s *sight) parseOperation(number int64) (int64, error) {
	if number < 1 {
		return 0, invalid("an operation is a number, as the history shows")
	}
	if !s.bounded() {
		return number, nil
	}
	x, err := s.tx.Operated(s.ctx, number)
	if err != nil {
		return 0, err
	}
	var codes []customer.Code
	for i := range x.Changes {
		codes = append(codes, x.Changes[i].Code)
	}
	return number, s.sees(codes...)
}
