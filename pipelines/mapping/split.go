package mapping

import (
	"strings"

	"kartoteka/customer"
)

// splitter takes one attribute's share out of a cell that holds two; nil takes all.
type splitter func(string) string

func (s splitter) of(text string) string {
	if s == nil {
		return text
	}
	return s(text)
}

// setSplits finds the columns that two attributes share.
func (x *Mapper) setSplits() {
	for i := range x.fields {
		for j := range x.fields {
			a, b := &x.fields[i], &x.fields[j]
			if i != j && len(a.columns) == 1 && len(b.columns) == 1 && a.columns[0].name == b.columns[0].name {
				if s := x.splitterFor(x.typeOf(a), x.typeOf(b)); s != nil {
					a.split = s
				}
			}
		}
	}
}

func (x *Mapper) typeOf(fd *field) customer.TypeName {
	return x.portrait.Attribute(fd.of[unknownKind].id).Type
}

func (x *Mapper) splitterFor(own, other customer.TypeName) splitter {
	switch {
	case own == customer.TypePhone && other == customer.TypeEmail:
		return withoutEmails
	case own == customer.TypeEmail && other == customer.TypePhone:
		return emailsOnly
	case own == customer.TypeINN && other == customer.TypeKPP:
		return beforeSlash
	case own == customer.TypeKPP && other == customer.TypeINN:
		return afterSlash
	}
	return nil
}

// emailsOnly gives the e-mail addresses of a cell.
func emailsOnly(cell string) string {
	if strings.IndexByte(cell, '@') < 0 {
		return ""
	}
	return strings.Join(emailRE.FindAllString(cell, -1), ", ")
}

// withoutEmails gives the rest of a cell, if it has digits enough for a telephone.
func withoutEmails(cell string) string {
	if strings.IndexByte(cell, '@') < 0 {
		return cell
	}
	rest := emailRE.ReplaceAllString(cell, "")
	if digits, _, _ := count(rest); digits < 5 {
		return ""
	}
	return strings.Trim(rest, " ,;/|\t\r\n")
}

func beforeSlash(cell string) string {
	inn, _, _ := strings.Cut(strings.ReplaceAll(cell, `\`, "/"), "/")
	return strings.TrimSpace(inn)
}

func afterSlash(cell string) string {
	_, kpp, _ := strings.Cut(strings.ReplaceAll(cell, `\`, "/"), "/")
	return strings.TrimSpace(kpp)
}
