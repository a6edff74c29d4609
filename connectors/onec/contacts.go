package onec

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// contactColumns are the columns of contacts, what attribute they become and of which kind.
var contactColumns = []struct{ column, attribute, kind string }{
	{"Телефон", "phone", ""},
	{"ТелефонМобильный", "phone", "mobile"},
	{"ТелефонРабочий", "phone", "work"},
	{"ТелефонДомашний", "phone", "home"},
	{"Факс", "phone", "fax"},
	{colEmail, "email", ""},
	{"Адрес", "address", ""},
	{"АдресРегистрации", "address", "registration"},
	{"ЮридическийАдрес", "address", "registration"},
	{"ФактическийАдрес", "address", "living"},
	{"ПочтовыйАдрес", "address", "postal"},
}

// contactColumn finds the column of a contact by what 1C calls its sort.
func contactColumn(sort string) string {
	s := strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(sort))
	has := func(part string) bool { return strings.Contains(s, part) }
	switch {
	case has("почтовыйадрес"), has("адреспочт"):
		return "ПочтовыйАдрес"
	case has("email"), has("электронн"), s == "почта":
		return colEmail
	case has("факс"):
		return "Факс"
	case has("мобил"), has("сотов"):
		return "ТелефонМобильный"
	case has("телефонраб"), has("рабочийтел"), has("телефонвнутр"), has("служебн"):
		return "ТелефонРабочий"
	case has("телефондом"), has("домашнийтел"):
		return "ТелефонДомашний"
	case has("телефон"):
		return "Телефон"
	case has("юридическийадрес"), has("юрадрес"):
		return "ЮридическийАдрес"
	case has("адресрегистр"), has("адреспрописк"), has("адреспопрописк"):
		return "АдресРегистрации"
	case has("фактическийадрес"), has("фактадрес"), has("адреспрожив"), has("местопрожив"):
		return "ФактическийАдрес"
	case has("адрес"):
		return "Адрес"
	}
	return ""
}

// contact is one contact in the words that a person would write.
type contact struct{ sort, text, comment string }

// contactRow reads a row of КонтактнаяИнформация: JSON first, then XML, then Представление.
func contactRow(n *node) contact {
	c := contact{sort: n.value("ВидКонтактнойИнформации")}
	if name := n.value("НаименованиеКонтактнойИнформации"); strings.HasPrefix(c.sort, "ПользовательскаяКИ") && name != "" {
		c.sort = name
	}
	for _, field := range []string{"Значение", "ЗначенияПолей"} {
		text := n.value(field)
		read := contactJSON
		if strings.HasPrefix(text, "<") {
			read = contactXML
		}
		if got, ok := read(text); ok {
			if contactColumn(c.sort) == "" {
				c.sort = got.sort
			}
			c.text, c.comment = got.text, got.comment
			return c
		}
	}
	c.text = n.value("Представление")
	if c.text == "" {
		c.text = n.value("Значение")
	}
	return c
}

// contactXML reads the contact format of the standard subsystems library.
func contactXML(s string) (contact, bool) {
	root := parseFragment(s)
	if root == nil {
		return contact{}, false
	}
	c := contact{text: strings.TrimSpace(root.attr("Представление")), comment: root.value("Комментарий")}
	content := root.child("Состав")
	sort := content.attr("type")
	if i := strings.IndexByte(sort, ':'); i >= 0 {
		sort = sort[i+1:]
	}
	c.sort = map[string]string{"НомерТелефона": "Телефон", "НомерФакса": "Факс", "ЭлектроннаяПочта": "ЭлектроннаяПочта", "Адрес": "Адрес"}[sort]
	switch {
	case content.attr("Номер") != "":
		c.text = phone(content.attr("КодСтраны"), content.attr("КодГорода"), content.attr("Номер"), content.attr("Добавочный"))
	case content.attr("Значение") != "":
		c.text = content.attr("Значение")
	}
	return c, c.text != ""
}

// contactJSON reads the newer form; the address keeps its one line.
func contactJSON(s string) (contact, bool) {
	var v struct {
		Value, Comment, Type                     string
		CountryCode, AreaCode, Number, ExtNumber string
	}
	if !strings.HasPrefix(s, "{") || json.Unmarshal([]byte(s), &v) != nil {
		return contact{}, false
	}
	c := contact{sort: v.Type, text: v.Value, comment: v.Comment}
	if v.Number != "" && contactColumn(v.Type) != "Адрес" {
		c.text = phone(v.CountryCode, v.AreaCode, v.Number, v.ExtNumber)
	}
	return c, c.text != ""
}

func phone(country, area, number, extension string) string {
	var parts []string
	if country = strings.TrimLeft(strings.TrimSpace(country), "+"); country != "" {
		parts = append(parts, "+"+country)
	}
	if area = strings.Trim(area, " ()"); area != "" {
		parts = append(parts, "("+area+")")
	}
	parts = append(parts, strings.TrimSpace(number))
	if extension != "" {
		parts = append(parts, "доб. "+extension)
	}
	return strings.Join(parts, " ")
}

// parseFragment reads a small XML text; nil if it is broken, large or has a DOCTYPE.
func parseFragment(s string) *node {
	dec := xml.NewDecoder(strings.NewReader(s))
	dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var root *node
	var stack []*node
	for nodes := 0; ; {
		t, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return root
		}
		if err != nil {
			return nil
		}
		switch t := t.(type) {
		case xml.Directive:
			return nil
		case xml.StartElement:
			if nodes++; nodes > 1000 || len(stack) > maxDepth {
				return nil
			}
			n := &node{name: t.Name.Local, attrs: t.Copy().Attr}
			if len(stack) == 0 {
				root = n
			} else {
				top := stack[len(stack)-1]
				top.children = append(top.children, n)
			}
			stack = append(stack, n)
		case xml.CharData:
			if len(stack) > 0 {
				stack[len(stack)-1].text += string(t)
			}
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		}
	}
}

// contacts delivers a customer's contacts, each under the column of its sort.
func (b *building) contacts(list []contact) {
	for _, c := range list {
		column := contactColumn(c.sort)
		if column == "" {
			column = c.sort
			if column == "" {
				column = "Контакт"
			}
		}
		if c.comment != "" && strings.HasPrefix(column, "Телефон") {
			c.text += " (" + c.comment + ")"
		}
		b.add(column, c.text)
	}
}
