package standardize

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"

	"kartoteka/customer"
)

// version rises when the same input gives another output.
const version = 3

// Fingerprint identifies everything that standardizing depends on besides the data: version,
// dictionaries, settings. It is a part of the ruleset.
func (z *Standardizer) Fingerprint() string {
	h := sha256.New()
	write := func(format string, args ...any) { h.Write(fmt.Appendf(nil, format, args...)) }
	write("%d %s\n", version, z.country)
	for _, dictionary := range []string{formsCyrillic, formsLatin, givenCyrillic, givenLatin, areaCodesText, legalFormsText, orgWordsText, addressWordsText, placesText, mailDomainsText} {
		write("%d %s\n", len(dictionary), dictionary)
	}
	for _, m := range []map[string]string{z.cities, z.streets} {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			write("%q %q\n", key, m[key])
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// prober has one attribute of each type.
var prober = sync.OnceValue(func() *Standardizer {
	var attributes []customer.Attribute
	for _, t := range customer.Types() {
		kind := customer.Person
		if t == customer.TypeOrgName || t == customer.TypeKPP {
			kind = customer.Organization
		}
		attributes = append(attributes, customer.Attribute{Kind: kind, Name: string(t), Type: t})
	}
	p, err := customer.NewPortrait(attributes)
	if err != nil {
		panic(err) // the list of types is ours
	}
	return New(p, Settings{})
})

// Probe tells whether a text looks like a value of a type, for finding out what a column
// holds: stricter than parsing, 0 means no.
func Probe(t customer.TypeName, text string) customer.Verdict {
	z := prober()
	text = clean(text)
	if text == "" || len(text) > 300 || types[t].parse == nil || isPlaceholder(text) {
		return 0
	}
	for i := range z.portrait.Attributes {
		a := &z.portrait.Attributes[i]
		if a.Type == t {
			return probe(z, a, text)
		}
	}
	return 0
}

func probe(z *Standardizer, a *customer.Attribute, text string) customer.Verdict {
	values := z.Values(a, customer.RawValue{Text: text}, "")
	if len(values) == 0 || !values[0].Verdict.Usable() {
		return 0
	}
	v := &values[0]
	if convincing := probes[a.Type]; convincing != nil && !convincing(text, v) {
		return 0
	}
	return v.Verdict
}

// probes are the further demands of the types that parse nearly anything.
var probes = map[customer.TypeName]func(text string, v *customer.Value) bool{
	customer.TypePersonName: probeName,
	customer.TypeOrgName:    probeOrg,
	customer.TypeDate:       probeDate,
	customer.TypePhone:      probePhone,
	customer.TypeAddress:    probeAddress,
	customer.TypeCategory:   func(string, *customer.Value) bool { return false },
	customer.TypeSet:        func(string, *customer.Value) bool { return false },
	customer.TypeNumber:     func(text string, _ *customer.Value) bool { return countDigits(text) > 4 },
	customer.TypeRUPassport: func(_ string, v *customer.Value) bool { return v.Note == "" },
	customer.TypeUAPassport: func(_ string, v *customer.Value) bool { return v.Note == "" },
}

func countDigits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

func probeName(text string, v *customer.Value) bool {
	if countDigits(text) > 0 || strings.ContainsAny(text, "@/\\:;%_") || legalFormOf(text).code != "" && !legalFormOf(text).trader {
		return false
	}
	n := nameOfText(text, new(scratch))
	if count := len(n.last) + len(n.first) + len(n.patronymic); count > 5 {
		return false
	}
	if looksPersonal(&n) {
		return true
	}
	lone := append(append([]nameToken(nil), n.last...), n.first...)
	return len(lone) == 1 && (lone[0].given.class > 4 || surnameLike(&lone[0]) && unicode.IsUpper([]rune(lone[0].text)[0])) ||
		len(lone) == 2 && surnameLike(&lone[0]) && v.Note == ""
}

func probeOrg(text string, v *customer.Value) bool {
	f := legalFormOf(text)
	return f.code != "" && !f.trader || v.Part(customer.OrgForm) == "" && strings.ContainsAny(text, "\"«»„“”")
}

func probeDate(text string, v *customer.Value) bool {
	if isDigits(text) {
		return len(text) == 8 && v.Verdict == customer.Valid && v.Standard >= "1880" && v.Standard < "2060"
	}
	return len(v.Standard) >= 7
}

func probePhone(text string, v *customer.Value) bool {
	if strings.IndexFunc(text, isLetter) >= 0 && v.Part(customer.PhoneExtension)+v.Part(customer.PhoneRemark)+v.Kind == "" {
		return false
	}
	if isDigits(text) {
		return strings.HasPrefix(v.Standard, "+") && (len(text) >= 11 || len(text) == 10 && text[0] == '9') && v.Note == ""
	}
	return strings.HasPrefix(v.Standard, "+") || v.Note == noteNoArea && strings.Count(text, "-") == 2 && len(text) < 10
}

func probeAddress(text string, v *customer.Value) bool {
	street, city, house := v.Part(customer.AddressStreet), v.Part(customer.AddressCity), v.Part(customer.AddressHouse)
	if house != "" && street != "" {
		return true
	}
	typed := false
	for _, w := range addressWords(nil, text) {
		typed = typed || w.levels != 0 && (w.dot || len(w.text) > 3)
	}
	return typed && (street != "" || city != "") && strings.ContainsAny(text, " .,")
}
