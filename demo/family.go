package demo

import (
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

// four makes four people whose numbers follow each other: a family, a part of one, or strangers.
func (w *world) four(block int) [4]person {
	d := throw(w.seed, 2, uint64(block))
	var p [4]person
	for i := range p {
		p[i] = w.single(block*4+i, d.chance(0.5))
	}
	switch x := d.n(100); {
	case x < 36: // strangers
		if d.chance(0.2) {
			namesakes(&p[0], &p[1], d)
		}
	case x < 60:
		w.couple(&p[0], &p[1], d)
	case x < 78:
		w.couple(&p[0], &p[1], d)
		w.child(&p[0], &p[2], d)
	case x < 90:
		w.couple(&p[0], &p[1], d)
		w.child(&p[0], &p[2], d)
		w.child(&p[0], &p[3], d)
	case x < 96:
		w.couple(&p[0], &p[1], d)
		w.twins(&p[0], &p[2], &p[3], d)
	default:
		w.fatherAndSon(&p[0], &p[1], d)
	}
	for i := range p {
		p[i].email = email(&p[i], d)
	}
	return p
}

// become makes a person anew with another sex, keeping the number.
func (w *world) become(p *person, female bool) {
	if p.female != female || p.given == nil || p.tongue != russian {
		index := p.index
		*p = w.single(index, female)
		d := throw(w.seed, 3, uint64(index))
		p.tongue, p.uk, p.country = russian, [3]string{}, "RU"
		w.russianName(p, d)
		w.numbers(p, d)
		p.home0 = w.address(p, d)
		p.home1 = p.home0
	}
}

// couple marries two people: one address, her surname may be his.
func (w *world) couple(he, she *person, d *dice) {
	w.become(he, false)
	w.become(she, true)
	he.birth = day(d, 1940, 1974)
	w.numbers(he, d)
	she.birth = he.birth.AddDate(d.between(-4, 6), d.n(12), d.n(28))
	w.numbers(she, d)
	if d.chance(0.8) {
		she.maiden, she.last = she.last, gendered(he.last, true)
	}
	w.together(he, she, d)
}

// together lets two people live at one address and perhaps give one phone.
func (w *world) together(a, b *person, d *dice) {
	b.home0 = a.home0
	b.home = a.home
	if a.home == "" && d.chance(0.5) {
		a.home = fixed(a.home0.town.area, spread(w.seed, a.index, 16))
		b.home = a.home
	}
	if d.chance(0.2) {
		b.mobile = a.mobile
	}
}

// child gives a person the father's surname and patronymic; the grown-up may have moved out.
func (w *world) child(father, c *person, d *dice) {
	w.become(c, c.female)
	w.childOf(father, c)
	c.birth = father.birth.AddDate(d.between(20, 34), d.n(12), d.n(28))
	w.numbers(c, d)
	if c.birth.Year() < 1990 && d.chance(0.5) {
		return
	}
	w.together(father, c, d)
}

func (w *world) childOf(father, c *person) {
	c.last, c.maiden = gendered(father.last, c.female), ""
	c.patronymic = patronymic(father.given, c.female)
}

// twins share all but the given name.
func (w *world) twins(father, a, b *person, d *dice) {
	w.child(father, a, d)
	w.become(b, b.female)
	for tries := 0; likeNamed(a, b) && tries < 20; tries++ {
		b.given = w.givenName(b.female, d)
		b.first = b.given.ru
	}
	w.childOf(father, b)
	b.birth, b.home0, b.home1 = a.birth, a.home0, a.home1
	b.home = a.home
	w.numbers(b, d)
	b.home1 = b.home0
	if d.chance(0.6) {
		b.mobile = a.mobile
	}
}

// likeNamed holds for one name, and for a man's and a woman's form of one name.
func likeNamed(a, b *person) bool {
	return strings.HasPrefix(a.first, b.first) || strings.HasPrefix(b.first, a.first) || a.given.short[0] == b.given.short[0] ||
		[]rune(a.first)[0] == []rune(b.first)[0] && a.female != b.female
}

// fatherAndSon have one full name, one address, often one phone.
func (w *world) fatherAndSon(father, son *person, d *dice) {
	w.become(father, false)
	w.become(son, false)
	father.patronymic = patronymic(father.given, false)
	son.given, son.first = father.given, father.first
	w.childOf(father, son)
	father.birth = day(d, 1938, 1965)
	w.numbers(father, d)
	son.birth = father.birth.AddDate(d.between(21, 32), d.n(12), d.n(28))
	w.numbers(son, d)
	w.together(father, son, d)
}

// namesakes are strangers with one full name; a few even share the birthday.
func namesakes(a, b *person, d *dice) {
	if a.tongue != russian {
		return
	}
	b.tongue, b.female, b.given, b.uk = russian, a.female, a.given, [3]string{}
	b.last, b.first, b.patronymic, b.maiden = a.last, a.first, a.patronymic, ""
	if d.chance(0.03) && b.country == "RU" {
		b.birth = a.birth
	}
}
