package mapping

import (
	"strings"

	"kartoteka/customer"
	"kartoteka/standardize"
)

// kindWords are what kind columns write, squashed; further forms are met by beginnings.
var kindWords = map[string]customer.Kind{
	"фл": customer.Person, "физ": customer.Person, "физлицо": customer.Person, "физическоелицо": customer.Person, "ип": customer.Person, "фоп": customer.Person, "самозанятый": customer.Person,
	"индивидуальныйпредприниматель": customer.Person, "частноелицо": customer.Person, "гражданин": customer.Person, "человек": customer.Person, "ф": customer.Person, "фо": customer.Person, "фізичнаособа": customer.Person, "фізособа": customer.Person,
	"person": customer.Person, "individual": customer.Person, "natural": customer.Person, "naturalperson": customer.Person, "ind": customer.Person, "private": customer.Person, "privateperson": customer.Person, "consumer": customer.Person, "soletrader": customer.Person, "fl": customer.Person, "fiz": customer.Person, "fizlico": customer.Person, "физл": customer.Person,
	"юл": customer.Organization, "юр": customer.Organization, "юрлицо": customer.Organization, "юридическоелицо": customer.Organization, "организация": customer.Organization, "компания": customer.Organization, "ю": customer.Organization, "предприятие": customer.Organization, "обособленноеподразделение": customer.Organization, "юридическоелицонерезидент": customer.Organization, "госорган": customer.Organization, "государственныйорган": customer.Organization,
	"юо": customer.Organization, "юридичнаособа": customer.Organization, "юрособа": customer.Organization, "організація": customer.Organization, "компаниянерезидент": customer.Organization,
	"organization": customer.Organization, "organisation": customer.Organization, "org": customer.Organization, "company": customer.Organization, "legal": customer.Organization, "legalentity": customer.Organization, "legalperson": customer.Organization, "business": customer.Organization, "corporate": customer.Organization, "corp": customer.Organization, "firm": customer.Organization, "ul": customer.Organization, "yul": customer.Organization, "yur": customer.Organization, "yurlico": customer.Organization, "юрл": customer.Organization,
}

// kindOf reads a cell of a kind column; "" if it says neither.
func kindOf(s string) customer.Kind {
	if len(s) > 80 {
		return ""
	}
	return kindWords[squash(words(s))]
}

// orgWordSet holds words that persons' names do not have: legal forms, then kinds of businesses.
var orgWordSet = wordSet(orgWordList)

const orgWordList = `ооо оао зао пао ао ано ао нао гк гуп муп фгуп гбу мбу фгбу мку тсж снт жск чоп нко ассоциация фонд общество товарищество предприятие учреждение завод фабрика комбинат банк компания корпорация фирма
филиал магазин кафе ресторан гостиница отель аптека клиника больница поликлиника школа гимназия лицей детсад садик университет институт академия агентство бюро центр салон студия торговый дом холдинг трест управление администрация министерство
тов пп прат пат ат дп кп фг сфг осбб підприємство товариство установа крамниця лікарня тоо ип чуп одо уп
llc ltd inc corp co gmbh ag sa plc llp lp bv nv oy ab as srl spa company corporation limited incorporated group holding bank trust foundation association society institute university college school academy center centre
hospital clinic pharmacy hotel inn restaurant cafe café bar grill bistro grille kitchen pizzeria diner deli trattoria brasserie steakhouse tavern bakery house shop store market services service solutions systems consulting agency
church ministry ymca ywca daycare nursery preschool kindergarten learning childcare child children kids elementary high headstart head academy campus community development day care site program family services early childhood montessori
ooo oao zao pao chp tovarystvo`

// organizational reports whether a text names a business, by a word, by quotes or by a mark
// that names of people do not have.
func organizational(s string) bool {
	if hasWord(s, orgWordSet()) || standardize.Institutional(s) {
		return true
	}
	return strings.ContainsAny(s, `"«»“”&`) || strings.HasSuffix(s, "'s") || strings.Contains(s, "'s ")
}
