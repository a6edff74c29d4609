package mapping

import (
	"fmt"
	"regexp"
	"strings"

	"kartoteka/customer"
)

// believed is how many of the values must look like what the name says.
const believed = 0.3

// guess gives each column its first meaning: by name if the values do not contradict it, else by values.
func (f *inference) guess() {
	f.guesses = make([]guess, len(f.columns))
	named := f.telling()
	for i, c := range f.columns {
		f.guesses[i] = f.guessOne(c, named && telling(c.heading))
	}
}

// telling reports whether the headings are names at all: a file without a header has a row of data there.
func (f *inference) telling() bool {
	data := 0
	for _, c := range f.columns {
		if _, known := loadVocabulary().find(c.heading); !known && looksLikeData(c.heading) {
			data++
		}
	}
	return data == 0 || data*4 < len(f.columns)
}

// looksLikeData reports headings that are values: an e-mail, a date, a long number.
func looksLikeData(heading string) bool {
	l := lookOf(strings.TrimSpace(heading))
	digits, _, _ := count(heading)
	return l&(1<<shapeEmail|1<<shapeDate|1<<shapeMixed) != 0 || l&(1<<shapePhone|1<<shapeDigits) != 0 && digits >= 7
}

func (f *inference) guessOne(c *column, named bool) guess {
	why := ""
	if named {
		if name, ok := f.named(c); ok {
			return guess{concept{attribute: "=" + name}, 0.95, "name: that of the attribute"}
		}
		if h, ok := loadVocabulary().find(c.heading); ok {
			g, ok := f.checked(c, h)
			if ok {
				return g
			}
			why = g.reason + "; "
		}
	}
	if g, ok := f.byLabel(c); ok {
		g.reason = why + g.reason
		return g
	}
	if g, ok := f.byValues(c, named); ok {
		g.reason = why + g.reason
		return g
	}
	return guess{reason: strings.TrimSuffix(why, "; ")}
}

// checked confronts what a name says with the values.
func (f *inference) checked(c *column, h hit) (guess, bool) {
	g := guess{h.concept, h.confidence, "name: " + h.how}
	if c.filled == 0 {
		g.confidence *= 0.7
		g.reason += "; no values to check it by"
		return g, true
	}
	share, what := support(c, h.concept)
	if what == "" {
		return g, true
	}
	if share < believed {
		return guess{reason: fmt.Sprintf("name says %s, but only %s of the values are %s", h.concept, percent(share), what)}, false
	}
	g.confidence = min(0.99, g.confidence*(0.6+0.45*share))
	g.reason += fmt.Sprintf("; values: %s are %s", percent(share), what)
	return g, true
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", share*100) }

// support is the part of the values that may be what a concept says; what is "" if nothing can be said.
func support(c *column, k concept) (share float64, what string) {
	switch k.attribute {
	case "email":
		return c.share(shapeEmail) + c.share(shapeMixed), "e-mail addresses"
	case "phone":
		return max(c.share(shapePhone)+c.share(shapeMixed), c.fitting(customer.TypePhone)), "telephone numbers"
	case "-contact":
		return c.share(shapePhone) + c.share(shapeMixed) + c.share(shapeEmail), "telephones or e-mails"
	case "birth_date":
		return supportDate(c, k.part)
	case "-observed":
		return max(c.share(shapeDate), c.matching(instantRE)), "dates"
	case "gender":
		return max(c.share(shapeGender), c.fitting(customer.TypeGender)), "of the words for it"
	case "person", "full", "name", "org", "short":
		return c.matching(letterRE), "words"
	case "inn", "kpp", "ogrn", "snils", "rnokpp", "edrpou", "unp", "personal_no", "iin", "iban":
		return supportNumber(c, k.attribute)
	case "-inn+kpp":
		return c.share(shapeINNKPP), "ИНН/КПП"
	case "address":
		return supportAddress(c, k.part)
	case "-kind":
		return c.share(shapeKind), "words for persons or organizations"
	case "consent", "refusal":
		return c.share(shapeBool), "yes or no"
	case "-counter":
		return c.matching(digitRE), "numbers"
	case "-key":
		return 1 - c.share(shapeText), "short"
	case "product":
		return supportProduct(c, k.part)
	case "passport":
		return c.matching(digitRE), "with digits"
	}
	return 0, ""
}

var (
	letterRE   = regexp.MustCompile(`\p{L}`)
	digitRE    = regexp.MustCompile(`\d`)
	yearRE     = regexp.MustCompile(`^(1[789]|20)\d\d$`)
	monthRE    = regexp.MustCompile(`^(0?[1-9]|1[0-2]|\p{L}{3,})$`)
	dayRE      = regexp.MustCompile(`^(0?[1-9]|[12]\d|3[01])$`)
	serialRE   = regexp.MustCompile(`^[1-4]\d{4}$`) // days since 1899-12-30: 1927 to 2036
	instantRE  = regexp.MustCompile(`^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d\d|1\d{9}(\d{3})?$)`)
	postcodeRE = regexp.MustCompile(`(?i)^[a-z0-9]{2,5}[ -]?[a-z0-9]{0,5}$`)
)

func (c *column) matching(re *regexp.Regexp) float64 {
	if len(c.values) == 0 {
		return 0
	}
	n := 0
	for _, v := range c.values {
		if re.MatchString(v) {
			n++
		}
	}
	return float64(n) / float64(len(c.values))
}

func supportDate(c *column, part string) (float64, string) {
	switch part {
	case "year":
		return c.matching(yearRE), "years"
	case "month":
		return c.matching(monthRE), "months"
	case "day":
		return c.matching(dayRE), "days of a month"
	}
	return max(c.share(shapeDate)+c.matching(serialRE), c.fitting(customer.TypeDate)), "dates"
}

// numberTypes are the identity numbers with a check that values alone can prove.
var numberTypes = map[string]customer.TypeName{"inn": customer.TypeINN, "kpp": customer.TypeKPP, "ogrn": customer.TypeOGRN, "snils": customer.TypeSNILS,
	"rnokpp": customer.TypeRNOKPP, "edrpou": customer.TypeEDRPOU, "unp": customer.TypeUNP, "personal_no": customer.TypeBYPersonal, "iin": customer.TypeIIN, "iban": customer.TypeIBAN}

// numberForms are how the numbers look whatever their check digit: a column named ИНН stays one when
// many are mistyped, and when a spreadsheet has eaten leading zeros.
var numberForms = map[string]*regexp.Regexp{
	"inn": regexp.MustCompile(`^\D?\d{8,12}$`), "kpp": regexp.MustCompile(`^\d{6,9}$|^\d{4}[0-9A-Z]{2}\d{3}$`), "ogrn": regexp.MustCompile(`^\d{13}(\d\d)?$`),
	"snils": regexp.MustCompile(`^\d{3}-?\d{3}-?\d{2,3}[- ]?(\d\d)?$`), "rnokpp": regexp.MustCompile(`^\d{8,10}$`), "edrpou": regexp.MustCompile(`^\d{6,8}$`),
	"unp": regexp.MustCompile(`^[\dA-ZА-Я]{2}\d{7}$`), "personal_no": regexp.MustCompile(`^[1-6]\d{6} ?[A-ZА-Я] ?\d{3} ?[A-ZА-Я]{2} ?\d$`), "iin": regexp.MustCompile(`^\d{9,12}$`), "iban": regexp.MustCompile(`^[A-Z]{2}\d\d[ \dA-Z]{11,40}$`),
}

func supportNumber(c *column, role string) (float64, string) {
	valid := c.passing(numberTypes[role])
	if valid >= believed {
		return valid, "valid " + role
	}
	return max(c.fitting(numberTypes[role]), c.matching(numberForms[role])), "of the form of " + role
}

func supportAddress(c *column, part string) (float64, string) {
	switch part {
	case "house":
		return c.matching(digitRE), "with a number"
	case "postcode":
		return c.matching(postcodeRE), "like postcodes"
	case "flat", "building":
		return 1, ""
	}
	return c.matching(letterRE), "words"
}

func supportProduct(c *column, part string) (float64, string) {
	switch part {
	case "number":
		return c.matching(digitRE), "with digits"
	case "opened", "closed":
		return c.share(shapeDate), "dates"
	}
	return 1, ""
}
