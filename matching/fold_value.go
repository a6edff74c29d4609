package matching

import (
	"strings"

	"kartoteka/customer"
	"kartoteka/standardize"
)

func (f *folding) date(pl *plan, v *customer.Value) {
	marks := uint8(0)
	if v.Verdict == customer.Invalid {
		if n := brokenDate(v.Raw); n != 0 {
			f.atom(pl, v, atom{exact: n, near: n / 10000, marks: markWeak})
		}
		return
	}
	if v.Verdict == customer.Ambiguous {
		marks = markReading
	}
	for _, s := range readings(v.Standard, v.Alternatives) {
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

func (f *folding) number(pl *plan, v *customer.Value) {
	marks := uint8(0)
	switch {
	case pl.role == roleBranch:
		marks = markBranch
	case v.Verdict == customer.Invalid:
		marks = markWeak
	case v.Verdict == customer.Ambiguous:
		marks = markReading
	}
	for _, s := range readings(written(v), v.Alternatives) {
		s = compact(s)
		if s == "" || marks&markWeak != 0 && len(s) < 6 {
			continue
		}
		f.atom(pl, v, atom{exact: hashText(pl.seed, s), text: s, rarity: pl.terms.of(s), marks: marks})
	}
	if pl.firm && v.Verdict == customer.Valid && len(v.Alternatives) == 0 {
		f.it.Firm = append(f.it.Firm, Firm{v.Attribute, hashText(pl.seed, compact(v.Standard))})
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

func (f *folding) phone(pl *plan, v *customer.Value) {
	if v.Verdict == customer.Invalid {
		f.brokenPhone(pl, v)
		return
	}
	for _, s := range readings(v.Standard, v.Alternatives) {
		s = strings.TrimPrefix(s, "+")
		f.atom(pl, v, atom{exact: hashText(pl.seed, s), near: lastDigits(pl, s), text: s, rarity: pl.terms.of(s)})
	}
}

// brokenPhone keeps a number with a digit too few, too many or wrong: it may be a slip of a good one.
func (f *folding) brokenPhone(pl *plan, v *customer.Value) {
	s := compact(v.Raw)
	if len(s) < 9 || len(s) > 13 || strings.Trim(s, "0123456789") != "" {
		return
	}
	f.atom(pl, v, atom{exact: hashText(pl.seed, s), near: lastDigits(pl, s), text: s, marks: markWeak})
}

func lastDigits(pl *plan, s string) uint64 { return hashText(pl.seed, s[max(0, len(s)-7):]) }

func (f *folding) email(pl *plan, v *customer.Value) {
	s := standardize.Mailbox(strings.ToLower(v.Standard))
	local, _, _ := strings.Cut(s, "@")
	f.atom(pl, v, atom{exact: hashText(pl.seed, s), near: hashText(pl.seed, local), text: s,
		rarity: pl.terms.of(s), close: pl.local.of(local)})
}

// markOwnNames marks the e-mail addresses that are made of a surname of the record.
func (f *folding) markOwnNames() {
	for i := range f.atoms {
		a := &f.atoms[i]
		if a.close == 0 && a.near == 0 || strings.IndexByte(a.text, '@') < 0 {
			continue
		}
		local, _, _ := strings.Cut(a.text, "@")
		if f.isOwnName(skeleton(local)) {
			a.marks |= markOwnName
		}
	}
}

func (f *folding) isOwnName(local string) bool {
	for i := range f.it.features.names {
		stem := f.it.features.names[i].stem
		if len(stem) >= 3 && strings.Contains(local, stem) {
			return true
		}
	}
	return false
}
