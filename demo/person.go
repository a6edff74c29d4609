package demo

import (
	"strings"
	"time"
)

// thisYear is the year in which the files are written; they do not depend on the clock.
const thisYear = 2026

// tongue is the language of a person's name.
type tongue uint8

const (
	russian tongue = iota
	ukrainian
	turkic
	latin
)

// person is what is true, now and before.
type person struct {
	index                   int
	tongue                  tongue
	female                  bool
	given                   *given // nil for names outside the list
	last, first, patronymic string // as the passport says, Russian spelling unless the tongue is latin
	uk                      [3]string
	maiden                  string // the surname before marriage, "" if it never changed
	birth                   time.Time
	inn, snils, rnokpp      string
	passport, oldPassport   passport
	mobile, oldMobile, home string // national digits
	country                 string // of the phones
	shared                  string // a number that hundreds of people give
	email                   string
	home0, home1            address // now and before; equal if never moved
}

// address is a place to live, in parts.
type address struct {
	town        *town
	street      street
	house, flat int
	building    int
}

// world computes people and organizations from their numbers.
type world struct {
	seed   uint64
	words  *words
	block  int // the block held in people
	people [4]person
}

func newWorld(seed uint64) *world { return &world{seed: seed, words: lexicon(), block: -1} }

// person computes the person of a number; the answer stands until the next call.
func (w *world) person(index int) *person {
	if block := index / 4; block != w.block {
		w.people = w.four(block)
		w.block = block
	}
	return &w.people[index%4]
}

// single makes a person of no family, without an e-mail address; the parts that a family shares
// are overwritten later.
func (w *world) single(index int, female bool) person {
	d := throw(w.seed, 1, uint64(index))
	p := person{index: index, female: female, country: "RU"}
	w.name(&p, d)
	p.birth = day(d, 1938, 2006)
	w.numbers(&p, d)
	p.home0 = w.address(&p, d)
	p.home1 = p.home0
	if d.chance(0.25) {
		p.home1 = w.address(&p, d)
	}
	return p
}

func day(d *dice, from, to int) time.Time {
	year := from + (d.n(to-from+1)+d.n(to-from+1))/2
	return time.Date(year, time.Month(d.between(1, 12)), d.between(1, 28), 0, 0, 0, 0, time.UTC)
}

func (w *world) name(p *person, d *dice) {
	switch x := d.n(100); {
	case x < 86:
		w.russianName(p, d)
	case x < 94:
		w.ukrainianName(p, d)
	case x < 98:
		w.turkicName(p, d)
	default:
		w.latinName(p, d)
	}
}

func (w *world) russianName(p *person, d *dice) {
	p.given = w.givenName(p.female, d)
	p.first = p.given.ru
	p.patronymic = w.father(p.female, d)
	p.last = gendered(w.surname(d), p.female)
	if p.female && d.chance(0.5) {
		p.maiden = gendered(w.surname(d), true)
	}
}

func (w *world) givenName(female bool, d *dice) *given {
	if female {
		return weighted(d, w.words.women, w.words.womenSums)
	}
	return weighted(d, w.words.men, w.words.menSums)
}

func (w *world) father(female bool, d *dice) string {
	return patronymic(weighted(d, w.words.men, w.words.menSums), female)
}

// surname gives the form of a man.
func (w *world) surname(d *dice) string {
	list := w.words.list
	switch x := d.n(100); {
	case x < 55:
		return zipf(d, list["common"])
	case x < 85:
		return pick(d, list["roots"]) + zipf(d, list["suffixes"])
	case x < 97:
		return pick(d, list["first"]) + pick(d, list["second"])
	default:
		return zipf(d, list["common"]) + "-" + zipf(d, list["common"])
	}
}

func (w *world) ukrainianName(p *person, d *dice) {
	p.tongue = ukrainian
	p.given = w.givenName(p.female, d)
	father := weighted(d, w.words.men, w.words.menSums)
	last := pick(d, w.words.list["ukrainian"]) + pick(d, w.words.list["uksuffixes"])
	p.first, p.patronymic, p.last = p.given.ru, patronymic(father, p.female), gendered(russianOf(last), p.female)
	p.uk = [3]string{gendered(last, p.female), p.given.uk, ukPatronymic(father, p.female)}
	if d.chance(0.6) {
		p.country = "UA"
	}
}

func (w *world) turkicName(p *person, d *dice) {
	p.tongue = turkic
	men, tail := w.words.list["turkicmen"], " оглы"
	p.first = pick(d, men)
	if p.female {
		p.first, tail = pick(d, w.words.list["turkicwomen"]), " кызы"
	}
	p.patronymic = pick(d, men) + tail
	p.last = gendered(pick(d, w.words.list["turkic"]), p.female)
}

func (w *world) latinName(p *person, d *dice) {
	p.tongue = latin
	p.first = pick(d, w.words.list["latinmen"])
	if p.female {
		p.first = pick(d, w.words.list["latinwomen"])
	}
	p.last = pick(d, w.words.list["latin"])
}

// numbers gives the identity numbers and phones; those that must be a person's own are
// bijections of the person's number.
func (w *world) numbers(p *person, d *dice) {
	p.inn = inn12(spread(w.seed, p.index, 11))
	p.snils = snils(spread(w.seed, p.index, 12))
	w.passports(p, d)
	p.mobile, p.oldMobile = mobile(spread(w.seed, 2*p.index, 15)), mobile(spread(w.seed, 2*p.index+1, 15))
	if p.country == "UA" {
		p.inn, p.snils, p.rnokpp = "", "", rnokpp(p.birth, p.female, p.index)
		p.mobile, p.oldMobile = ukMobile(spread(w.seed, 2*p.index, 15)), ukMobile(spread(w.seed, 2*p.index+1, 15))
	}
	if p.index%15 == 7 && p.index < 4500 {
		p.shared = fixed("495", 7_700_000)
	}
}

// passports are given at 14, 20 and 45; the one before the present has another number.
func (w *world) passports(p *person, d *dice) {
	ages := [3]int{14, 20, 45}
	now := 0
	for i, age := range ages {
		if p.birth.Year()+age < thisYear {
			now = i
		}
	}
	p.passport = newPassport(p.birth.AddDate(ages[now], 0, d.between(10, 80)), spread(w.seed, p.index, 13))
	p.oldPassport = p.passport
	if now > 0 {
		p.oldPassport = newPassport(p.birth.AddDate(ages[now-1], 0, d.between(10, 80)), spread(w.seed, p.index, 14))
	}
}

func (w *world) address(p *person, d *dice) address {
	a := address{town: weighted(d, w.words.towns, w.words.townSums), street: zipf(d, w.words.streets), house: d.between(1, 120), flat: d.between(1, 240)}
	for p.country != "UA" && a.town.country == "UA" {
		a.town = weighted(d, w.words.towns, w.words.townSums)
	}
	if p.country == "UA" {
		a.town = pick(d, w.words.ukTowns)
	}
	if d.chance(0.2) {
		a.building = d.between(1, 4)
	}
	return a
}

var (
	mailable  = strings.NewReplacer("-", "", "'", "")
	mailHosts = []string{"pochta.example", "mail.example", "inbox.example", "yashchik.example"}
)

// email is built of the name, often the one before marriage; the number keeps namesakes apart.
func email(p *person, d *dice) string {
	last, first := strings.ToLower(passportLatin(p.last)), strings.ToLower(passportLatin(p.first))
	if p.maiden != "" && d.chance(0.5) {
		last = strings.ToLower(passportLatin(p.maiden))
	}
	last = mailable.Replace(last)
	user := last + p.birth.Format("06")
	switch d.n(4) {
	case 0:
		user = first + "." + last
	case 1:
		user = last + "." + first[:1]
	case 2:
		user = first[:1] + last
	}
	return user + itoa(p.index%9973) + "@" + pick(d, mailHosts)
}
