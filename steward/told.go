package steward

import (
	"errors"
	"regexp"
	"strings"

	"kartoteka/access"
	"kartoteka/desk"
	"kartoteka/phrases"
	"kartoteka/resolve"
)

// refusals are what the hub says of an operation that it refuses, by words of it, and its phrase: {0} and
// {1} are the codes or keys that it names.
var refusals = []struct{ words, key string }{
	{"retired; its customer has code", "steward.refused.successor"},
	{"all its records were deleted", "steward.refused.deleted"},
	{"a customer is not merged with itself", "steward.refused.itself"},
	{"named twice", "steward.refused.twice"},
	{"kinds are never one customer", "steward.refused.kinds"},
	{"name the records that are another customer", "steward.refused.records"},
	{"nothing would stay", "steward.refused.all"},
	{"belongs to code", "steward.refused.elsewhere"},
	{"joined nothing", "steward.refused.joined"},
	{"name at least two customers", "steward.refused.two"},
	{"name single records", "steward.refused.many"},
	{"too few of its records are live", "steward.refused.live"},
	{"is none of those that are merged", "steward.refused.keep"},
	{"has no value of this name", "steward.refused.attribute"},
	{"a consent has a date", "steward.refused.date"},
}

var namedCode = regexp.MustCompile(`\b\d{4}-\d{4}-\d{4}\b`)

// told says in words of a language why something was refused; "" where only the hub's own words say it.
func told(l phrases.Lang, err error) string {
	var no *access.Denied
	var plan *desk.Refusal
	switch {
	case errors.As(err, &no):
		return denied(l, no)
	case errors.As(err, &plan):
		return l.Sentence("steward.plan.fault." + plan.Fault)
	}
	text := err.Error()
	if errors.Is(err, resolve.ErrUndecidable) {
		for _, r := range refusals {
			if strings.Contains(text, r.words) {
				codes := append(namedCode.FindAllString(text, 2), "", "")
				return strings.TrimSpace(l.Sentence(r.key, codes[0], codes[1]))
			}
		}
	}
	if l == phrases.En {
		return ""
	}
	out, _ := spokenEach(l, text)
	return out
}

func denied(l phrases.Lang, d *access.Denied) string {
	act := l.Sentence("steward.act." + string(d.Act))
	if d.Scopes {
		return l.Sentence("steward.denied.scopes", act)
	}
	var roles []string
	for _, r := range d.Roles {
		roles = append(roles, l.Sentence("steward.role."+string(r)))
	}
	if len(roles) == 0 {
		return l.Sentence("steward.denied.nobody", act)
	}
	return l.Sentence("steward.denied.roles", act, strings.Join(roles, ", "))
}
