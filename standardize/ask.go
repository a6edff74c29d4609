package standardize

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"kartoteka/customer"
)

// Asked is what a text says about a customer of one kind.
type Asked struct {
	Known customer.Standard
	// Variants are what a surname alone leaves open: the same with each initial.
	Variants []customer.Standard
}

// Ask reads a text in which a person wrote down what they know of a customer, in any order:
// names, phones, addresses of e-mail, dates, numbers. A number that may be several things is
// all of them. One Asked for each kind of customer that the text can be about.
func (z *Standardizer) Ask(text string) []Asked {
	f := fragmentsOf(clean(text))
	var out []Asked
	for _, kind := range customer.Kinds() {
		a := Asked{Known: customer.Standard{Kind: kind}}
		for i := range z.portrait.Attributes {
			if at := &z.portrait.Attributes[i]; at.Kind == kind {
				a.Known.Values = append(a.Known.Values, z.asked(at, f)...)
			}
		}
		if len(a.Known.Values) > 0 {
			a.Variants = variantsOf(z.portrait, &a.Known)
			out = append(out, a)
		}
	}
	return out
}

// fragments are the pieces of a text by what they can be.
type fragments struct {
	whole, words          string
	mails, dates, numbers []string
	codes                 []string // of letters and digits
}

// datePattern finds dates of digits; others need a column of their own.
var datePattern = regexp.MustCompile(`^(\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2})$`)

func fragmentsOf(text string) *fragments {
	f := &fragments{whole: text}
	var words, run []string
	flush := func() {
		if len(run) > 1 {
			f.numbers = append(f.numbers, strings.Join(run, " "))
		}
		f.numbers = append(f.numbers, run...)
		run = nil
	}
	for _, token := range strings.Fields(strings.NewReplacer(",", " ", ";", " ").Replace(text)) {
		digits, letters := countDigits(token), strings.IndexFunc(token, unicode.IsLetter) >= 0
		if digits == 0 || letters {
			flush()
		}
		switch {
		case strings.Contains(token, "@"):
			f.mails = append(f.mails, token)
		case datePattern.MatchString(token):
			flush()
			f.dates = append(f.dates, token)
		case digits > 0 && letters:
			f.codes = append(f.codes, token)
		case digits > 0:
			run = append(run, token)
		default:
			words = append(words, token)
		}
	}
	flush()
	f.words = strings.Join(words, " ")
	return f
}

// asked gives what the text says about one attribute.
func (z *Standardizer) asked(a *customer.Attribute, f *fragments) []customer.Value {
	var texts []string
	switch a.Type {
	case customer.TypePersonName, customer.TypeOrgName:
		texts = []string{f.words}
	case customer.TypeEmail:
		texts = f.mails
	case customer.TypeDate:
		texts = f.dates
	case customer.TypeAddress:
		if Probe(a.Type, f.whole) != 0 {
			texts = []string{f.whole}
		}
	case customer.TypePhone:
		texts = f.numbers
	case customer.TypeGender, customer.TypeCategory, customer.TypeSet:
	default: // numbers
		texts = slices.Concat(f.numbers, f.codes)
	}
	var out []customer.Value
	for _, text := range texts {
		if text == "" {
			continue
		}
		for _, v := range z.Values(a, customer.RawValue{Text: text}, "") {
			if a.Type == customer.TypePhone && unlikelyPhone(&v) || !v.Verdict.Usable() || equalValue(out, &v) >= 0 {
				continue
			}
			out = append(out, v)
		}
	}
	return out
}

// unlikelyPhone tells the number of a document: longer than a local phone and of no numbering plan.
func unlikelyPhone(v *customer.Value) bool {
	return !strings.HasPrefix(v.Standard, "+") && countDigits(v.Standard) > 7
}

// variantsOf adds each initial to a surname that stands alone.
func variantsOf(p *customer.Portrait, s *customer.Standard) []customer.Standard {
	var out []customer.Standard
	for _, v := range s.Values {
		if p.Attribute(v.Attribute).Type != customer.TypePersonName || v.Part(customer.NameLast) == "" || v.Part(customer.NameFirst) != "" {
			continue
		}
		for _, initial := range "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯABCDEFGHIJKLMNOPQRSTUVWXYZ" {
			parts := make([]string, customer.NameParts)
			parts[customer.NameLast], parts[customer.NameFirst] = v.Part(customer.NameLast), string(initial)
			variant := customer.Value{Attribute: v.Attribute, Verdict: customer.Plausible, Standard: parts[customer.NameLast] + " " + string(initial), Parts: parts}
			out = append(out, customer.Standard{Kind: s.Kind, Values: []customer.Value{variant}})
		}
	}
	slices.SortStableFunc(out, func(x, y customer.Standard) int { return cmp.Compare(x.Values[0].Standard, y.Values[0].Standard) })
	return out
}
