package mapping

import (
	"regexp"

	"kartoteka/customer"
)

// provable are the types whose check digits let values speak for themselves, the longest
// first, with the whole form that a value must have: a date must not pass for a short number.
var provable = []struct {
	role string
	of   customer.TypeName
	form *regexp.Regexp
}{
	{"iban", customer.TypeIBAN, numberForms["iban"]},
	{"ogrn", customer.TypeOGRN, numberForms["ogrn"]},
	{"personal_no", customer.TypeBYPersonal, numberForms["personal_no"]},
	{"iin", customer.TypeIIN, regexp.MustCompile(`^\d{12}$`)},
	{"inn", customer.TypeINN, regexp.MustCompile(`^(\d{10}|\d{12})$`)},
	{"snils", customer.TypeSNILS, regexp.MustCompile(`^\d{3}-?\d{3}-?\d{3}[- ]?\d\d$`)},
	{"rnokpp", customer.TypeRNOKPP, regexp.MustCompile(`^\d{10}$`)},
	{"unp", customer.TypeUNP, numberForms["unp"]},
	{"edrpou", customer.TypeEDRPOU, regexp.MustCompile(`^\d{8}$`)},
}

// byValues finds a meaning without a name. A column that has a telling name of its own gets
// only meanings that leave no doubt: an unknown date is not a birth date.
func (f *inference) byValues(c *column, named bool) (guess, bool) {
	if len(c.values) == 0 {
		return guess{}, false
	}
	if g, ok := f.surely(c); ok {
		return g, true
	}
	if named {
		return guess{}, false
	}
	return f.likely(c)
}

// surely are meanings that shapes or check digits prove.
func (f *inference) surely(c *column) (guess, bool) {
	email, phone, mixed := c.share(shapeEmail), c.share(shapePhone), c.share(shapeMixed)
	switch {
	case email >= 0.8:
		return values("email", email, "e-mail addresses", 0.9)
	case email+phone+mixed >= 0.8 && mixed+min(email, phone) >= 0.1:
		return values("-contact", email+phone+mixed, "telephones or e-mails", 0.85)
	case c.share(shapeINNKPP) >= 0.5:
		return values("-inn+kpp", c.share(shapeINNKPP), "ИНН/КПП", 0.9)
	}
	if len(c.distinct) >= 3 && c.longest <= 40 && c.share(shapeDate) < 0.5 {
		for _, p := range provable {
			if c.matching(p.form) < 0.85 || !f.roles.has(p.role) {
				continue
			}
			if share := c.passing(p.of); share >= 0.85 {
				return values(p.role, share, "valid "+p.role, 0.9)
			}
		}
	}
	if share := c.passing(customer.TypePhone); phone >= 0.8 && share >= 0.7 && len(c.distinct) >= 3 && c.dialed() {
		return values("phone", share, "valid telephone numbers", 0.8)
	}
	return guess{}, false
}

// dialed tells telephone numbers from other numbers: by punctuation, or by their length.
func (c *column) dialed() bool {
	return c.share(shapeDigits) < 0.5 || c.meanLength() > 9.5 && c.meanLength() < 13.5
}

// likely are meanings for columns that have no name to ask.
func (f *inference) likely(c *column) (guess, bool) {
	person, org := c.share(shapePerson), c.share(shapeOrg)
	switch {
	case c.share(shapeGUID) >= 0.9:
		return values("-key", c.share(shapeGUID), "GUIDs", 0.7)
	case c.share(shapeDate) >= 0.8 && births(c) >= 0.6 && len(c.distinct) > 2:
		return values("birth_date", c.share(shapeDate), "dates, of lifetimes", 0.6)
	case c.share(shapeGender) >= 0.95 && len(c.distinct) >= 2 && len(c.distinct) <= 8:
		return values("gender", c.share(shapeGender), "words for it", 0.7)
	case c.share(shapeKind) >= 0.95 && len(c.distinct) >= 2:
		return values("-kind", c.share(shapeKind), "words for persons or organizations", 0.7)
	case c.share(shapeAddress) >= 0.6:
		return values("address", c.share(shapeAddress), "like addresses", 0.6)
	case c.sequential():
		return values("-counter", 1, "numbers in order", 0.7)
	case person+org >= 0.6 && c.distinctShare() > 0.3:
		return values("name", person+org, "like names", 0.55)
	}
	return guess{}, false
}

func values(role string, share float64, what string, confidence float64) (guess, bool) {
	return guess{concept{attribute: role}, confidence * min(1, share+0.05), "values: " + percent(share) + " are " + what}, true
}

// births is the part of the values with a year in which a living customer may have been born.
func births(c *column) float64 {
	n := 0
	for _, v := range c.values {
		if y := yearIn(v); y >= 1915 && y <= 2012 {
			n++
		}
	}
	return float64(n) / float64(max(1, len(c.values)))
}

// yearIn finds a four-digit year in a date; two-digit ones count as 19xx.
func yearIn(s string) int {
	year, digits, last := 0, 0, 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] >= '0' && s[i] <= '9' {
			digits++
			last = last*10 + int(s[i]-'0')
			continue
		}
		switch {
		case digits == 4:
			year = last
		case digits == 8:
			year = last / 10000
		case digits == 2 && i == len(s) && year == 0:
			year = 1900 + last
		}
		digits, last = 0, 0
	}
	return year
}
