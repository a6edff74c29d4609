package matching

import (
	"slices"
	"strings"
	"unicode"

	"kartoteka/customer"
	"kartoteka/standardize"
)

// ExplainWritten is [Ruleset.Explain] with the values as the records have them: x and y are the
// records that a and b were made of. Where the writing does not show how a value was read (another
// script, a number that lost its zeros), the reading is told beside it.
func (r *Ruleset) ExplainWritten(a, b *Item, x, y *customer.Standard) Why {
	why := r.Explain(a, b)
	k := r.of(a.Kind)
	for i := range why.Comparisons {
		c := &why.Comparisons[i]
		place := slices.IndexFunc(k.comparisons, func(l comparison) bool { return l.name == c.Name })
		for j := range c.Steps {
			k.write(place, &c.Steps[j], x, y)
		}
	}
	return why
}

// write puts the written values into a step.
func (k *kindRules) write(place int, s *Step, x, y *customer.Standard) {
	left, right := s.Left, s.Right
	if left == "" && right == "" {
		return
	}
	var known [2]bool
	s.Left, s.LeftRead, known[0] = k.unfold(place, s.Part, left, x)
	s.Right, s.RightRead, known[1] = k.unfold(place, s.Part, right, y)
	if known[0] && known[1] && s.LeftRead == "" && s.RightRead == "" && isCyrillic(s.Left) != isCyrillic(s.Right) {
		s.LeftRead, s.RightRead = spelled(left), spelled(right)
		if left != right {
			s.LeftRead, s.RightRead = unlessPlain(s.Left, s.LeftRead), unlessPlain(s.Right, s.RightRead)
		}
	}
}

// unlessPlain is no reading where the text itself says it.
func unlessPlain(text, read string) string {
	if strings.EqualFold(text, read) {
		return ""
	}
	return read
}

func isCyrillic(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) })
}

// unfold finds the value of a record that was folded to a text, and says how it was read if
// that is another text. A folded text that no value gives stands for itself.
func (k *kindRules) unfold(place int, part, folded string, s *customer.Standard) (text, read string, known bool) {
	for i := range s.Values {
		v := &s.Values[i]
		pl := &k.plans[v.Attribute]
		if !pl.compared || int(pl.slot) != place || !k.counts(v) {
			continue
		}
		if text, read, known = pl.unfold(part, folded, v); known {
			return text, read, true
		}
	}
	return folded, "", false
}

func (pl *plan) unfold(part, folded string, v *customer.Value) (text, read string, known bool) {
	switch pl.role {
	case roleName:
		text, known = unfoldName(part, folded, v)
	case roleOrg:
		text, known = unfoldOrg(part, folded, v)
	case rolePlace:
		text, known = pl.unfoldPlace(part, folded, v)
	case roleGender:
		return "", "", false
	default:
		return pl.unfoldAtom(folded, v)
	}
	return text, "", known
}

// unfoldName looks at both places of a name for surname and given name: they may be exchanged.
func unfoldName(part, folded string, v *customer.Value) (string, bool) {
	var places []int
	switch part {
	case "last":
		places = []int{customer.NameLast, customer.NameFirst, customer.NameMaiden}
	case "first":
		places = []int{customer.NameFirst, customer.NameLast}
	case "suffix":
		suffix := v.Part(customer.NameSuffix)
		return suffix, ordinalWords[ordinalOf(suffix)] == folded
	case "patronymic":
		stem, _ := patronymicOf(skeleton(v.Part(customer.NamePatronymic)))
		return v.Part(customer.NamePatronymic), stem == folded || skeleton(v.Part(customer.NamePatronymic)) == folded
	}
	for _, at := range places {
		if text := v.Part(at); text != "" && skeleton(text) == folded {
			return text, true
		}
	}
	return "", false
}

func unfoldOrg(part, folded string, v *customer.Value) (string, bool) {
	if part == "form" {
		form := v.Part(customer.OrgForm)
		return form, standardize.Fold(form) == folded
	}
	core := v.Part(customer.OrgCore)
	return core, joinedCore(core) == folded
}

func (pl *plan) unfoldPlace(part, folded string, v *customer.Value) (string, bool) {
	at := slices.Index(placeParts[:], part)
	if at < 0 || new(folding).placeWords(pl, &value{plain: v})[at].text != folded {
		return "", false
	}
	switch part {
	case "city":
		if v.Part(customer.AddressCity) == "" {
			return v.Part(customer.AddressRegion), true
		}
		return v.Part(customer.AddressCity), true
	case "house":
		if building := v.Part(customer.AddressBuilding); building != "" {
			return v.Part(customer.AddressHouse) + "к" + building, true
		}
		return v.Part(customer.AddressHouse), true
	}
	return v.Part(map[string]int{"street": customer.AddressStreet, "flat": customer.AddressFlat, "postcode": customer.AddressPostcode}[part]), true
}

// unfoldAtom finds the reading of a value that was compared.
func (pl *plan) unfoldAtom(folded string, v *customer.Value) (text, read string, known bool) {
	for _, s := range readings(written(v), v.Alternatives) {
		if pl.foldAtom(s) != folded {
			continue
		}
		if v.Verdict == customer.Ambiguous && v.Raw != "" && v.Raw != s {
			return v.Raw, s, true
		}
		return s, "", true
	}
	return "", "", false
}

// foldAtom is the text under which a reading is compared.
func (pl *plan) foldAtom(s string) string {
	switch pl.role {
	case roleID, roleBranch:
		return compact(s)
	case rolePhone:
		if !strings.HasPrefix(s, "+") {
			return compact(s)
		}
		return s[1:]
	case roleEmail:
		return standardize.Mailbox(strings.ToLower(s))
	case roleText, roleCategory:
		return skeletonWord(s)
	}
	return s
}
