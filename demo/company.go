package demo

import (
	"fmt"
	"strings"
	"time"
)

// company is an organization as it truly is.
type company struct {
	index           int
	form, core      string
	inn, kpp, ogrn  string
	phone, email    string
	address         address
	director        int // number of a person
	branchKPP       string
	accountantPhone bool // the number is one accountant's, who keeps the books of several
}

// payer is the number of the organization that pays for others thousands of times.
const payer = 0

func (w *world) company(index int) company {
	d := throw(w.seed, 5, uint64(index))
	c := company{index: index, form: pick(d, []string{"ООО", "ООО", "ООО", "ООО", "АО", "ПАО"}), core: w.companyName(d)}
	if index == payer {
		c.form, c.core = "ООО", "Расчётный центр Поток"
	}
	n := spread(w.seed, index, 21)
	c.inn = inn10(n)
	c.kpp = c.inn[:4] + "01001"
	c.branchKPP = c.inn[:4] + "43001"
	c.ogrn = ogrn(d.between(2003, 2022), n)
	c.address = w.address(&person{country: "RU"}, d)
	c.phone = "7" + fixed(c.address.town.area, spread(w.seed, index, 22))
	c.email = "info" + itoa(index) + "@" + strings.ReplaceAll(strings.ToLower(passportLatin(c.core)), " ", "-") + ".example"
	c.director = d.n(1 << 30)
	if index > 0 && index <= 12 {
		c.accountantPhone = true
		c.phone = "7" + mobile(spread(w.seed, 1, 23))
	}
	return c
}

func (w *world) companyName(d *dice) string {
	list := w.words.list
	switch d.n(10) {
	case 0:
		return pick(d, list["company-alone"])
	case 1, 2:
		return pick(d, list["company-alone"]) + " " + pick(d, list["company-first"])
	case 3:
		return "Торговый дом «" + w.surname(d) + "»"
	default:
		return pick(d, list["company-first"]) + strings.ToLower(pick(d, list["company-second"])) + "-" + itoa(d.between(2, 99))
	}
}

var longForms = map[string]string{"ООО": "Общество с ограниченной ответственностью", "АО": "Акционерное общество", "ПАО": "Публичное акционерное общество"}

// companySight is an organization as one row shows it.
type companySight struct {
	short, full, inn, kpp, phone, email string
	address                             address
	updated                             time.Time
}

// see writes the name in one of the ways that people do, with slips.
func (c *company) see(d *dice) companySight {
	s := companySight{inn: c.inn, kpp: c.kpp, phone: c.phone, email: c.email, address: c.address,
		updated: time.Date(thisYear-1, 1, 1, 9, 0, 0, 0, time.UTC).Add(time.Duration(d.n(400*24)) * time.Hour)}
	core := c.core
	if d.chance(0.06) {
		core = typo(core, d)
	}
	if d.chance(0.4) {
		core = withoutYo(core)
	}
	s.short = pick(d, []string{core + " " + c.form, c.form + " " + core, fmt.Sprintf("%s \"%s\"", c.form, core), strings.ToUpper(core) + " " + c.form})
	s.full = pick(d, []string{fmt.Sprintf("%s \"%s\"", longForms[c.form], core), fmt.Sprintf("%s «%s»", c.form, core), fmt.Sprintf("%s \"%s\"", c.form, core)})
	if d.chance(0.08) {
		s.kpp = c.branchKPP
	}
	if d.chance(0.12) {
		s.inn, s.kpp = "", ""
	}
	if d.chance(0.15) {
		s.phone = ""
	}
	if d.chance(0.4) {
		s.email = ""
	}
	return s
}

// payment is the payer as an import of payments wrote it down: a few dozen spellings, thousands of rows.
func (c *company) payment(d *dice) companySight {
	s := c.see(throw(uint64(d.n(40)), 6))
	s.inn, s.phone, s.email, s.address = c.inn, "", "", address{}
	return s
}
