package demo

import (
	"strings"
	"time"
)

// sight is a person as one row shows them, before the row's own format.
type sight struct {
	last, first, patronymic string
	maiden                  string
	birth                   time.Time // zero: not known
	female                  bool
	inn, snils, rnokpp      string
	passport                passport
	mobile, home            string // as E.164 without the plus; home may be empty
	email                   string
	address                 address
	ukrainian               bool // the row is written in Ukrainian
	updated                 time.Time
}

// habit is how often a system's rows show what; each number is a share of its rows.
type habit struct {
	former, missing                  float64 // the state of years ago; a field left empty
	yo                               float64 // ё kept
	noPatronymic, short, initials    float64
	typo, lookAlike, layout          float64
	swappedDate, swappedNames        float64
	filler                           float64
	ukrainian                        float64 // of Ukrainians, written so
	bracketMaiden, lostZeros, shared float64
}

// see makes a sight of a person by a habit.
func (h habit) see(p *person, d *dice) sight {
	s := sight{last: p.last, first: p.first, patronymic: p.patronymic, birth: p.birth, female: p.female, inn: p.inn, snils: p.snils, rnokpp: p.rnokpp,
		passport: p.passport, mobile: dial(p.country, p.mobile), email: p.email, address: p.home0,
		updated: time.Date(thisYear-2, 1, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(d.n(770*24*60)) * time.Minute)}
	if p.home != "" {
		s.home = "7" + p.home
	}
	if p.tongue == ukrainian && d.chance(h.ukrainian) {
		s.last, s.first, s.patronymic, s.ukrainian = p.uk[0], p.uk[1], p.uk[2], true
	}
	h.remember(p, &s, d)
	h.share(p, &s, d)
	h.spell(p, &s, d)
	h.forget(&s, d)
	return s
}

func dial(country, digits string) string {
	if country == "UA" {
		return "380" + digits
	}
	return "7" + digits
}

// remember lets the row show what was true years ago.
func (h habit) remember(p *person, s *sight, d *dice) {
	if !d.chance(h.former) {
		if p.maiden != "" && d.chance(h.bracketMaiden) {
			s.maiden = p.maiden
		}
		return
	}
	s.updated = s.updated.AddDate(-d.between(3, 9), 0, 0)
	s.address = p.home1
	if p.maiden != "" && d.chance(0.6) {
		s.last = p.maiden
	}
	if d.chance(0.5) {
		s.passport = p.oldPassport
	}
	if d.chance(0.4) {
		s.mobile = dial(p.country, p.oldMobile)
	}
}

// share puts in the number that hundreds of people give.
func (h habit) share(p *person, s *sight, d *dice) {
	if p.shared != "" && d.chance(h.shared) {
		s.home = "7" + p.shared
		if d.chance(0.4) {
			s.mobile, s.home = s.home, ""
		}
	}
}

// spell makes the mistakes of people who type names and dates.
func (h habit) spell(p *person, s *sight, d *dice) {
	if !d.chance(h.yo) {
		s.last, s.first, s.patronymic = withoutYo(s.last), withoutYo(s.first), withoutYo(s.patronymic)
	}
	if d.chance(h.noPatronymic) {
		s.patronymic = ""
	}
	switch {
	case p.given != nil && d.chance(h.short):
		s.first = pick(d, p.given.short)
	case p.tongue != latin && d.chance(h.initials):
		s.first = initial(s.first)
		s.patronymic = initial(s.patronymic)
	}
	if d.chance(h.typo) {
		s.slip(d)
	}
	if d.chance(h.lookAlike) {
		s.last = lookAlike(s.last, d)
	}
	if d.chance(h.layout) && p.tongue != latin {
		s.last, s.first, s.patronymic = wrongLayout(s.last), wrongLayout(s.first), wrongLayout(s.patronymic)
	}
	if d.chance(h.swappedNames) {
		s.last, s.first = s.first, s.last
	}
	if d.chance(h.swappedDate) && s.birth.Day() <= 12 {
		s.birth = time.Date(s.birth.Year(), time.Month(s.birth.Day()), int(s.birth.Month()), 0, 0, 0, 0, time.UTC)
	}
}

// slip is one wrong keystroke in one field.
func (s *sight) slip(d *dice) {
	switch d.n(10) {
	case 0, 1, 2, 3:
		s.last = typo(s.last, d)
	case 4, 5:
		s.first = typo(s.first, d)
	case 6:
		s.patronymic = typo(s.patronymic, d)
	case 7:
		s.mobile = wrongDigit(s.mobile, d)
	case 8:
		s.birth = s.birth.AddDate([]int{-1, 1, 10}[d.n(3)], 0, 0)
	default:
		if s.inn != "" {
			s.inn = wrongDigit(s.inn, d)
		}
	}
}

// forget leaves fields empty or fills them with what only looks like a value.
func (h habit) forget(s *sight, d *dice) {
	if d.chance(h.missing) {
		s.birth = time.Time{}
	}
	if d.chance(h.missing) {
		s.inn, s.rnokpp = "", ""
	}
	if d.chance(2 * h.missing) {
		s.snils = ""
	}
	if d.chance(2 * h.missing) {
		s.passport = passport{}
	}
	if d.chance(h.missing) {
		s.mobile = ""
	}
	if d.chance(3 * h.missing) {
		s.email = ""
	}
	if d.chance(h.missing) {
		s.address = address{}
	}
	if d.chance(h.lostZeros) {
		s.inn = strings.TrimLeft(s.inn, "0")
		s.passport.series = strings.TrimLeft(s.passport.series, "0")
	}
	if d.chance(h.filler) {
		s.fill(d)
	}
}

// fill puts placeholders in.
func (s *sight) fill(d *dice) {
	switch d.n(5) {
	case 0:
		s.mobile = pick(d, []string{"70000000000", "71111111111", "79999999999"})
	case 1:
		s.birth = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	case 2:
		s.email = pick(d, []string{"нет", "no@no.ru", "test@test.ru"})
	case 3:
		s.inn = "000000000000"
	default:
		s.passport = passport{series: "0000", number: "000000"}
	}
}

// full gives surname, given name, patronymic and the maiden name in brackets.
func (s *sight) full() string {
	last := s.last
	if s.maiden != "" {
		last += " (" + s.maiden + ")"
	}
	if isInitial(s.first) && (s.patronymic == "" || isInitial(s.patronymic)) {
		return last + " " + s.first + s.patronymic
	}
	return strings.TrimSpace(strings.Join([]string{last, s.first, s.patronymic}, " "))
}

func isInitial(s string) bool { return strings.HasSuffix(s, ".") }
