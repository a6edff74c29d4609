package table

import (
	"strconv"
	"strings"
	"unicode"
)

// words are what headings of customer lists are made of, folded; each matches a whole word.
var words = set(`
id ид key ключ guid uuid код code номер no number num ссылка
фио піб fio pib fullname имя ім'я імʼя имена name names фамилия фам прізвище familiya imya otchestvo отчество отч surname lastname
firstname first last middle given patronymic given_name maiden suffix
наименование найменування название назва naimenovanie контрагент контрагенты контрагента клиент клієнт абонент покупатель заемщик
customer client company organization organisation организация організація компания компанія фирма партнер владелец предприятие
инн inn кпп kpp огрн ogrn огрнип окпо снилс snils рнокпп іпн ипн єдрпоу едрпоу бин иин унп vat tax ssn iban
телефон телефоны тел phone phones telephone tel telefon telefony mobile моб мобильный мобільний сотовый cell msisdn факс fax
email e-mail mail почта пошта эл эл.почта
адрес адреса address addr adres город місто city town gorod улица вулиця street дом будинок house квартира кв корпус индекс індекс
postcode zip postal край область регион регіон region state country страна країна район нас.пункт
дата date birth birthday birthdate born dob рождения рожд рожд. народження др д.р data_rozhdeniya rozhdeniya datarozhd year month day
пол стать sex gender pol паспорт passport серия серія документ document doc удостоверение
комментарий коментар примечание примітка note notes comment статус status источник source группа група менеджер manager
вид тип type kind юр.лицо должность договор contract счет рахунок account основной контактное контактная`)

// totals begin a line of totals.
var totals = []string{"итого", "итог", "всего", "разом", "усього", "всього", "підсумок", "total", "grand total", "subtotal"}

func set(text string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(text) {
		m[w] = true
	}
	return m
}

// Known reports whether a heading contains a word that headings of customer lists have.
func Known(heading string) bool {
	s := fold(heading)
	if s == "" || len(s) > 120 {
		return false
	}
	if words[s] {
		return true
	}
	split := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && r != 'ʼ' }
	parts := strings.FieldsFunc(s, split)
	if len(parts) > 6 {
		return false
	}
	for _, w := range parts {
		if words[w] {
			return true
		}
	}
	return false
}

// Total reports whether a row sums up others: its first text is Итого or its like, and the
// others are numbers; a company may be called Total.
func Total(cells []string) bool {
	for i, c := range cells {
		if strings.TrimSpace(c) == "" {
			continue
		}
		return len(c) <= 100 && totalStarts[firstLetter(c)] && totalWord(fold(c)) && numbers(cells[i+1:])
	}
	return false
}

func totalWord(s string) bool {
	for _, w := range totals {
		rest, ok := strings.CutPrefix(s, w)
		if !ok {
			continue
		}
		next, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
		if rest == "" || rest[0] == ':' || rest[0] == ' ' && (totalNext[next] || firstLetter(next) < 'a') {
			return true
		}
	}
	return false
}

// totalNext are words that may follow: Итого по отчету, Всего за март.
var totalNext = set("по за на клиентов контрагентов записей строк клієнтів рядків for of count rows records")

// numbers reports that texts have hardly a letter: 10 шт, 1 200,00 руб.
func numbers(cells []string) bool {
	for _, c := range cells {
		letters := 0
		for _, r := range c {
			if unicode.IsLetter(r) {
				letters++
			}
		}
		if letters > 8 {
			return false
		}
	}
	return true
}

// totalStarts are the first letters of totals, so that the other rows are not folded.
var totalStarts = func() map[rune]bool {
	m := map[rune]bool{}
	for _, w := range totals {
		m[firstLetter(w)] = true
	}
	return m
}()

func firstLetter(s string) rune {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
	}
	return 0
}

// Repeats reports whether a row is the header once more.
func Repeats(header, cells []string) bool {
	same, filled := 0, 0
	for i, c := range cells {
		if c = strings.TrimSpace(c); c == "" {
			continue
		}
		filled++
		if i >= len(header) {
			return false
		}
		if !strings.EqualFold(c, header[i]) {
			return false
		}
		same++
	}
	return same >= 2 || same == 1 && filled == 1 && len(header) == 1
}

// Blank reports whether no cell has a text.
func Blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// Names gives each column a name of its own: the second of two equal ones gets " (2)", a
// column without a heading is called by its place.
func Names(columns []string, place func(int) string) []string {
	taken := make(map[string]int, len(columns))
	out := make([]string, len(columns))
	for i, name := range columns {
		if name == "" {
			name = place(i)
		}
		out[i] = unique(taken, name)
	}
	return out
}

func unique(taken map[string]int, name string) string {
	taken[name]++
	if taken[name] == 1 {
		return name
	}
	for n := taken[name]; ; n++ {
		numbered := name + " (" + strconv.Itoa(n) + ")"
		if taken[numbered] == 0 {
			taken[numbered], taken[name] = 1, n
			return numbered
		}
	}
}
