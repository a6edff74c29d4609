package demo

import (
	"time"

	"kartoteka/customer"
)

// planting is a row planted by hand.
type planting struct {
	source   string
	story    string
	who      int // number of the planted customer
	sight    sight
	physical bool // in 1C: ФизическиеЛица instead of Контрагенты
}

// titles tell each story in one line.
var titles = []Story{
	{Name: "four_systems", Same: true, Title: "one woman in five systems: before and after marriage, in Cyrillic and Latin, in full, by initials and by her short name"},
	{Name: "twins", Title: "twins: one surname, patronymic, birthday, phone and address, two people"},
	{Name: "father_and_son", Title: "father and son: one full name, phone and address, two people"},
	{Name: "conflict", Same: true, Title: "one man, two valid tax numbers: a person has to decide"},
}

// tell adds a written row to its story.
func (g *generator) tell(p *planting, ref customer.Ref, e entity) {
	for i := range g.summary.Stories {
		if s := &g.summary.Stories[i]; s.Name == p.story {
			s.Refs, s.Who = append(s.Refs, ref), append(s.Who, e.String())
		}
	}
}

func (g *generator) plant() {
	g.summary.Stories = append([]Story(nil), titles...)
	for _, rows := range [][]planting{married(), alikeTwins(), oneName(), twoNumbers()} {
		g.planted = append(g.planted, rows...)
	}
}

func born(year, month, day int) time.Time {
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}

// plantedHome is an address that only planted people have.
func plantedHome(town, house, flat int) address {
	w := lexicon()
	return address{town: w.towns[town], street: street{"Старая Пристань", "Стара Пристань"}, house: house, flat: flat}
}

// plantedSight makes a customer whose numbers lie beside those of the population, so that
// nobody else has them: tax region 97, insurance numbers from 800, mobile code 973.
func plantedSight(number int, last, first, patronymic string, birth time.Time, home address) sight {
	return sight{last: last, first: first, patronymic: patronymic, birth: birth, inn: inn12In("97", number), snils: snilsIn("8", number),
		mobile: "7973" + itoa(7_000_000+number), passport: plantedPassport(birth.AddDate(20, 1, 0), number), address: home,
		updated: time.Date(2025, 11, 3, 12, 0, 0, 0, time.UTC)}
}

func plantedPassport(issued time.Time, number int) passport {
	p := newPassport(issued, number)
	p.series = "74" + p.series[2:]
	return p
}

func married() []planting {
	now := plantedSight(1, "Воробьёва", "Наталья", "Викторовна", born(1987, 5, 23), plantedHome(3, 12, 7))
	now.female, now.email = true, "natalia.vorobyova@pochta.example"
	before := now
	before.last, before.first, before.address = "Снегирева", "Наталья", plantedHome(3, 4, 31)
	before.updated, before.passport = now.updated.AddDate(-7, 0, 0), plantedPassport(born(2007, 6, 20), 1400)
	short := now
	short.last, short.first, short.patronymic, short.inn = "Воробьева", "Наташа", "", ""
	shop := now
	shop.last, shop.first, shop.patronymic = "Воробьева", "Наталья", "Викторовна"
	loan := now
	loan.maiden = "Снегирёва"
	web := now
	web.last, web.first, web.patronymic = "Воробьёва", "Наталья", ""
	rows := []planting{{source: "core-banking", sight: before}, {source: "core-loans", sight: loan}, {source: "billing", sight: short}, {source: "1c-trade", sight: shop}, {source: "web", sight: web}}
	return named("four_systems", rows, 1, 1, 1, 1, 1)
}

func alikeTwins() []planting {
	one := plantedSight(2, "Дятлов", "Кирилл", "Андреевич", born(1994, 8, 11), plantedHome(5, 20, 14))
	other := plantedSight(3, "Дятлов", "Константин", "Андреевич", one.birth, one.address)
	other.mobile = one.mobile
	rows := []planting{{source: "core-banking", sight: one}, {source: "core-banking", sight: other}, {source: "billing", sight: one}, {source: "billing", sight: other}}
	return named("twins", rows, 2, 3, 2, 3)
}

func oneName() []planting {
	father := plantedSight(4, "Журавлёв", "Пётр", "Петрович", born(1957, 2, 3), plantedHome(8, 3, 9))
	son := plantedSight(5, "Журавлёв", "Пётр", "Петрович", born(1983, 10, 17), father.address)
	son.mobile = father.mobile
	rows := []planting{{source: "core-banking", sight: father}, {source: "core-loans", sight: son}, {source: "branch", sight: father}, {source: "billing", sight: son}}
	return named("father_and_son", rows, 4, 5, 4, 5)
}

func twoNumbers() []planting {
	bank := plantedSight(6, "Синицын", "Олег", "Борисович", born(1979, 12, 30), plantedHome(2, 41, 3))
	trade := bank
	trade.inn = inn12In("97", 7) // valid, and his wife's
	return named("conflict", []planting{{source: "core-banking", sight: bank}, {source: "1c-trade", sight: trade, physical: true}}, 6, 6)
}

// named gives each row its story and its customer.
func named(story string, rows []planting, who ...int) []planting {
	for i := range rows {
		rows[i].story, rows[i].who = story, who[i]
	}
	return rows
}

// testCustomer is what employees type to try a form out; the names differ, so that nobody can
// say that two of them are one.
func testCustomer(n int) sight {
	names := [][3]string{{"Тестов", "Тест", "Тестович"}, {"Клиент", "Тестовый", ""}, {"Проверка", "Системы", ""}, {"Test", "Test", ""}, {"Удалить", "Потом", ""}, {"Пробный", "Пользователь", ""},
		{"Qwerty", "Asdf", ""}}
	name := names[n%len(names)]
	return sight{last: name[0], first: name[1], patronymic: name[2], birth: born(1900, 1, 1), mobile: "71234567890", email: "test@test.ru",
		updated: time.Date(2024, 4, 1, 10, 0, 0, 0, time.UTC)}
}
