package demo

// sources lists the systems in the order of trust.
func sources() []*source {
	return []*source{
		{name: "core-banking", file: "core-banking.csv", salt: 1, share: 0.46, again: 0.12, write: writeBanking, habit: habit{former: 0.15, missing: 0.04,
			noPatronymic: 0.01, typo: 0.04, lookAlike: 0.01, swappedDate: 0.01, filler: 0.02, lostZeros: 0.05, shared: 0.3}},
		{name: "core-loans", file: "core-loans.csv", salt: 2, share: 0.16, again: 0.3, write: writeLoans, habit: habit{former: 0.2, missing: 0.03, yo: 0.6,
			noPatronymic: 0.02, typo: 0.04, swappedDate: 0.01, bracketMaiden: 0.15, shared: 0.2}},
		{name: "billing", file: "billing.tsv", salt: 3, share: 0.46, again: 0.15, write: writeBilling, habit: habit{former: 0.25, missing: 0.07, yo: 0.4,
			noPatronymic: 0.05, typo: 0.06, lookAlike: 0.01, swappedNames: 0.01, swappedDate: 0.02, filler: 0.03, ukrainian: 0.7, lostZeros: 0.04, shared: 0.9}},
		{name: "1c-trade", file: "1c-trade.xml", salt: 4, share: 0.14, again: 0.2, write: writeOneC, habit: habit{former: 0.1, missing: 0.12, yo: 0.5,
			noPatronymic: 0.05, typo: 0.05, ukrainian: 0.4}},
		{name: "branch", file: "branch.xlsx", salt: 5, share: 0.15, again: 0.08, write: writeBranch, habit: habit{former: 0.15, missing: 0.1, yo: 0.3,
			noPatronymic: 0.2, short: 0.06, initials: 0.05, typo: 0.09, lookAlike: 0.02, layout: 0.02, swappedDate: 0.02, filler: 0.03, ukrainian: 0.5,
			bracketMaiden: 0.2, shared: 0.3}},
		{name: "web", file: "web.csv", salt: 6, share: 0.15, again: 0.15, write: writeWeb, habit: habit{former: 0.05, missing: 0.04, short: 0.08, typo: 0.05}},
	}
}

// most rows that a sheet can hold, headings aside.
const sheetRows = 1_000_000

// jobs lists the rows of a source in an order of chance.
func (g *generator) jobs(s *source) []job {
	var list []job
	for i := range g.People {
		if !g.has(s, i) {
			continue
		}
		list = append(list, job{rowPerson, 0, int32(i)})
		for again := uint8(1); again < 4 && throw(g.Seed, 8, s.salt, uint64(i), uint64(again)).chance(s.again); again++ {
			list = append(list, job{rowPerson, again, int32(i)})
		}
	}
	list = append(list, g.companies(s)...)
	for i := range g.planted {
		if g.planted[i].source == s.name {
			list = append(list, job{rowPlanted, 0, int32(i)})
		}
	}
	if s.name != "1c-trade" {
		list = append(list, job{rowTest, 0, int32(s.salt)})
	}
	shuffle(throw(g.Seed, 9, s.salt), list)
	if s.name == "branch" && len(list) > sheetRows {
		list = list[:sheetRows]
	}
	return list
}

// has decides whether a person is known to a source; everybody is known to one at least.
func (g *generator) has(s *source, index int) bool {
	d := throw(g.Seed, 10, uint64(index))
	known, any := false, false
	for _, x := range sources() {
		here := d.chance(x.share)
		any = any || here
		if x.name == s.name {
			known = here
		}
	}
	if any {
		return known
	}
	return s.name == []string{"core-banking", "billing", "branch"}[index%3]
}

// companies are a twentieth of the people in number; 1C knows all of them, the bank a third.
func (g *generator) companies(s *source) []job {
	var list []job
	count := g.People/20 + 1
	switch s.name {
	case "1c-trade":
		for i := 1; i <= count; i++ {
			d := throw(g.Seed, 11, uint64(i))
			list = append(list, job{rowCompany, 0, int32(i)})
			if d.chance(0.25) {
				list = append(list, job{rowCompany, 1, int32(i)})
			}
			if d.chance(0.5) {
				list = append(list, job{rowContact, 0, int32(i)})
			}
		}
		for i := range g.Payer {
			list = append(list, job{rowPayer, 0, int32(i)})
		}
	case "core-banking":
		for i := 1; i <= count; i += 3 {
			list = append(list, job{rowCompany, 0, int32(i)})
		}
	}
	return list
}
