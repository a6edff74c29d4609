package mapping

import "strings"

// modifierOf tells the value kind from a word of the heading, by the beginning of
// the word, or by the whole word where a "$" stands.
var modifierOf = []struct{ prefix, kind string }{
	{"регистр", "registration"}, {"пропис", "registration"}, {"reg$", "registration"}, {"рег$", "registration"}, {"fact$", "living"}, {"факт$", "living"}, {"юр$", "registration"}, {"моб$", "mobile"}, {"раб$", "work"}, {"дом$", "home"}, {"mob$", "mobile"}, {"юридич", "registration"}, {"реєстр", "registration"}, {"registr", "registration"}, {"legal", "registration"},
	{"фактич", "living"}, {"прожив", "living"}, {"житель", "living"}, {"living", "living"}, {"resid", "living"}, {"actual", "living"},
	{"достав", "delivery"}, {"deliver", "delivery"}, {"ship", "delivery"},
	{"почтов", "postal"}, {"поштов", "postal"}, {"postal", "postal"}, {"mailing", "postal"}, {"billing", "postal"},
	{"мобил", "mobile"}, {"мобіл", "mobile"}, {"сотов", "mobile"}, {"mobile", "mobile"}, {"cell", "mobile"},
	{"рабоч", "work"}, {"служеб", "work"}, {"робоч", "work"}, {"work", "work"}, {"office", "work"}, {"business", "work"},
	{"домашн", "home"}, {"home", "home"}, {"факс", "fax"}, {"fax", "fax"},
}

// fillerPrefixes are the beginnings of words about whom the row is about, or that say nothing.
var fillerPrefixes = []string{"клиент", "клієнт", "заемщик", "абонент", "контрагент", "покупател", "плательщик", "потребител", "застрахован", "страхователь", "вкладчик", "физлиц",
	"client", "customer", "cust", "borrower", "subscriber", "insured", "applicant", "person", "individual", "party", "cardholder", "member", "patient", "user", "lead",
	"основн", "главн", "основний", "main", "primary", "default", "номер", "number", "num", "no", "your", "ваш", "укажите", "введите", "поле", "field", "значение", "value", "обязател", "required"}

// foreignPrefixes are the beginnings of words that turn a column into one about somebody else: a bank, a manager, a guarantor.
var foreignPrefixes = []string{"банк", "bank", "менеджер", "manager", "ответствен", "responsible", "руководител", "директор", "director", "поручител", "guarantor", "созаемщик",
	"контактноелиц", "представител", "representative", "agent", "агент", "работодател", "employer", "супруг", "spouse", "матер", "mother", "отца", "father",
	"родител", "parent", "оператор", "operator", "сотрудник", "employee", "автор", "author", "owner", "владел", "branch", "филиал", "отделени",
	"товар", "product", "program", "agency", "куратор", "бенефициар", "beneficiar", "выдан", "issuer", "issuing", "emergency"}

// modifiers parts a heading into a value kind and the words that remain when it, fillers and
// trailing numbers are taken off.
func modifiers(w []string) (kind string, rest []string) {
	for _, x := range w {
		if k := modifierKind(x); k != "" {
			kind = k
			continue
		}
		if isFiller(x) || strings.Trim(x, "0123456789") == "" {
			continue
		}
		rest = append(rest, strings.TrimRight(x, "0123456789"))
	}
	return kind, rest
}

func modifierKind(word string) string {
	for _, m := range modifierOf {
		whole, exact := strings.CutSuffix(m.prefix, "$")
		if exact && word == whole || !exact && strings.HasPrefix(word, m.prefix) {
			return m.kind
		}
	}
	return ""
}

func isFiller(word string) bool {
	for _, p := range fillerPrefixes {
		if strings.HasPrefix(word, p) && len(word) <= len(p)+6 {
			return true
		}
	}
	return false
}

// foreign reports whether a word of the heading speaks of somebody other than the row's customer.
func foreign(w []string) bool {
	for i, x := range w {
		if i+1 < len(w) && strings.HasPrefix(x, "контактн") && strings.HasPrefix(w[i+1], "лиц") {
			return true
		}
		for _, p := range foreignPrefixes {
			if strings.HasPrefix(x, p) {
				return true
			}
		}
	}
	return false
}
