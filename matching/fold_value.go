package matching

import (
	"strings"

	"kartoteka/customer"
	"kartoteka/standardize"
)

func (f *folding) date(pl *plan, v *value) {
	marks := uint8(0)
	if v.verdict == customer.Invalid {
		if n := brokenDate(f.text(v.written())); n != 0 {
			f.atom(pl, v, atom{exact: n, near: n / 10000, marks: markWeak})
		}
		return
	}
	if v.verdict == customer.Ambiguous {
		marks = markReading
	}
	for c := range v.readings {
		s := f.text(c)
		n, part := dateNumber(s)
		if n == 0 {
			continue
		}
		if part {
			marks |= markPart
		}
		f.atom(pl, v, atom{exact: n, near: n / 10000, rarity: pl.terms.of(s), marks: marks})
	}
}

// readings goes over a value and its alternatives.
func readings(first string, others []string) func(func(int, string) bool) {
	return func(yield func(int, string) bool) {
		if !yield(0, first) {
			return
		}
		for i, s := range others {
			if !yield(i+1, s) {
				return
			}
		}
	}
}

// dateNumber reads 1985-04-12, 1985-04 or 1985 as yyyymmdd.
func dateNumber(s string) (n uint64, part bool) {
	digits := 0
	for i := range len(s) {
		if c := s[i]; c >= '0' && c <= '9' {
			n = n*10 + uint64(c-'0')
			digits++
		}
	}
	switch digits {
	case 8:
		return n, n%100 == 0
	case 6:
		return n * 100, true
	case 4:
		return n * 10000, true
	}
	return 0, false
}

func (f *folding) number(pl *plan, v *value) {
	marks := uint8(0)
	switch {
	case pl.role == roleBranch:
		marks = markBranch
	case v.verdict == customer.Invalid:
		marks = markWeak
	case v.verdict == customer.Ambiguous:
		marks = markReading
	}
	for c := range v.readings {
		s := compact(f.text(c))
		if s == "" || marks&markWeak != 0 && len(s) < 6 {
			continue
		}
		f.atom(pl, v, atom{exact: hashText(pl.seed, s), text: s, rarity: pl.terms.of(s), marks: marks})
	}
	if pl.firm && v.verdict == customer.Valid && v.others() == 0 {
		f.listed.Firm = append(f.listed.Firm, Firm{v.attribute, hashText(pl.seed, compact(f.text(v.written())))})
	}
}

// compact keeps letters and digits, folded.
func compact(s string) string {
	plain := true
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	return strings.ReplaceAll(skeleton(s), " ", "")
}

func (f *folding) phone(pl *plan, v *value) {
	if v.verdict == customer.Invalid {
		f.brokenPhone(pl, v)
		return
	}
	for c := range v.readings {
		s := strings.TrimPrefix(f.text(c), "+")
		f.atom(pl, v, atom{exact: hashText(pl.seed, s), near: lastDigits(pl, s), text: s, rarity: pl.terms.of(s)})
	}
}

// brokenPhone keeps a number with a digit too few, too many or wrong: it may be a slip of a good one.
func (f *folding) brokenPhone(pl *plan, v *value) {
	s := compact(f.text(v.written()))
	if len(s) < 9 || len(s) > 13 || strings.Trim(s, "0123456789") != "" {
		return
	}
	f.atom(pl, v, atom{exact: hashText(pl.seed, s), near: lastDigits(pl, s), text: s, marks: markWeak})
}

func lastDigits(pl *plan, s string) uint64 { return hashText(pl.seed, s[max(0, len(s)-7):]) }

func (f *folding) email(pl *plan, v *value) {
	s := standardize.Mailbox(strings.ToLower(f.text(v.written())))
	local, _, _ := strings.Cut(s, "@")
	f.atom(pl, v, atom{exact: hashText(pl.seed, s), near: hashText(pl.seed, local), text: s,
		rarity: pl.terms.of(s), close: pl.local.of(local)})
}

// markOwnNames marks the e-mail addresses that are made of a surname of the record.
func (f *folding) markOwnNames() {
	for i := range f.atoms {
		a := &f.atoms[i]
		if f.plans[a.attribute].role != roleEmail || len(f.names) == 0 {
			continue
		}
		local, _, _ := strings.Cut(a.text, "@")
		if f.isOwnName(skeleton(local)) {
			a.marks |= markOwnName
		}
	}
}

func (f *folding) isOwnName(local string) bool {
	for i := range f.names {
		stem := f.names[i].stem
		if len(stem) >= 3 && strings.Contains(local, stem) {
			return true
		}
	}
	return false
}
