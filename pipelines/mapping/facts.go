package mapping

import (
	"slices"
	"strings"

	"kartoteka/customer"
)

// facts makes consents and products, if the portrait has them.
func (f *inference) facts() {
	f.consents()
	f.products()
}

func (f *inference) consents() {
	for _, role := range []string{"consent", "refusal"} {
		for _, c := range f.of(role) {
			if len(f.roles.all("consent")) == 0 {
				f.raw(c, "the portrait has no consent")
				continue
			}
			purpose, channel, _ := strings.Cut(f.at(c).concept.kind, "/")
			cf := customer.ConsentField{Purpose: purpose, Column: f.table.Columns[c.index]}
			if channel != "" {
				cf.Channels = []string{channel}
			}
			if role == "refusal" {
				cf.Yes, cf.No = slices.Clone(noWords), slices.Clone(yesWords)
				f.at(c).concept.attribute = "consent"
			}
			f.out.Mapping.Consents = append(f.out.Mapping.Consents, cf)
		}
	}
}

// products takes each column of numbers for a product; the columns of status and dates
// belong to the first.
func (f *inference) products() {
	numbers, others := f.productColumns()
	if len(numbers) == 0 || len(f.roles.all("product")) == 0 {
		for _, c := range f.of("product") {
			f.left(c, "products need a number, and a portrait that has them")
		}
		return
	}
	for i, c := range numbers {
		p := customer.ProductField{Kind: f.at(c).concept.kind, Number: f.table.Columns[c.index]}
		if i == 0 {
			p.Status, p.Opened, p.Closed = others["status"], others["opened"], others["closed"]
		}
		f.out.Mapping.Products = append(f.out.Mapping.Products, p)
	}
}

func (f *inference) productColumns() (numbers []*column, others map[string]string) {
	others = map[string]string{}
	for _, c := range f.of("product") {
		part := f.at(c).concept.part
		switch {
		case part == "number" && c.paymentCards():
			f.raw(c, "payment card numbers are not kept")
		case part == "number":
			numbers = append(numbers, c)
		case others[part] == "":
			others[part] = f.table.Columns[c.index]
		}
	}
	return numbers, others
}

// paymentCards reports 16 to 19 digits that pass the check of payment cards.
func (c *column) paymentCards() bool {
	n := 0
	for _, v := range c.values {
		if luhn(v) {
			n++
		}
	}
	return n > 0 && n*2 >= len(c.values)
}

func luhn(s string) bool {
	sum, digits := 0, 0
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == ' ' || s[i] == '-' {
			continue
		}
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		d := int(s[i] - '0')
		if digits++; digits%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return digits >= 15 && digits <= 19 && sum%10 == 0
}

// yesWords and noWords are how cells say yes and no, in lower case.
var (
	yesWords = []string{"да", "true", "1", "y", "yes", "так", "истина", "+", "on", "т", "д", "согласен", "согласна", "agree", "agreed", "есть", "x", "opt-in", "subscribed", "подписан"}
	noWords  = []string{"нет", "false", "0", "n", "no", "ні", "ложь", "-", "off", "н", "отказ", "не согласен", "не согласна", "refused", "opt-out", "unsubscribed", "отписан"}
)

func yesNo(lower string) bool {
	return slices.Contains(yesWords, lower) || slices.Contains(noWords, lower)
}
