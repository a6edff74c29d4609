package main

import (
	"slices"
	"strings"
	"testing"

	"kartoteka/matching"

	"kartoteka/desk"
)

const conflictRows = `id;ФИО;Дата рождения;Телефон;ИНН
1;Гусев Олег Юрьевич;12.04.1985;8 (912) 123-45-67;500100732259
2;Гусев Олег Юрьевич;12.04.1985;8 (912) 123-45-67;772701001169
`

func TestHow(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	d.ok("load", d.file("conflict.csv", conflictRows), "-q")
	var r desk.How
	d.json(exitOK, nil, &r, "how", "crm/1")
	if r.Members != 2 || len(r.Steps) != 1 || r.Weakest != 1 || r.Stale {
		t.Fatalf("%+v", r)
	}
	s := r.Steps[0]
	both := append(slices.Clone(s.Left), s.Right...)
	slices.Sort(both)
	if !slices.Equal(both, []string{"billing/b-1", "crm/1"}) || s.Pair == nil || *s.Total != s.Pair.Total || *s.Total < *s.Needed {
		t.Errorf("%+v", s)
	}
	var byCode desk.How
	d.json(exitOK, nil, &byCode, "how", r.Code.String())
	if byCode.Members != 2 || len(byCode.Steps) != 1 {
		t.Errorf("by code: %+v", byCode)
	}
	var vetoed desk.How
	d.json(exitOK, nil, &vetoed, "how", "conflict/1")
	if len(vetoed.Apart) != 1 || vetoed.Apart[0].Reason != matching.ApartVeto || !slices.Equal(vetoed.Apart[0].Vetoes, []string{"inn"}) || vetoed.Apart[0].Code == vetoed.Code {
		t.Errorf("veto: %+v", vetoed)
	}
	d.ok("decide", "same", "conflict/1", "conflict/2", "-q")
	var decided desk.How
	d.json(exitOK, nil, &decided, "how", "conflict/1")
	if len(decided.Steps) != 1 || !decided.Steps[0].Decided || decided.Weakest != 0 || len(decided.Apart) != 0 {
		t.Errorf("decided: %+v", decided)
	}
	for lang, word := range map[string]string{"en": "weakest link", "ru": "слабейшее звено", "uk": "найслабша ланка"} {
		if text := d.ok("how", "crm/1", "--lang", lang, "-q"); !strings.Contains(text, word) || strings.Contains(text, "how.") {
			t.Errorf("%s:\n%s", lang, text)
		}
	}
	for _, unknown := range []string{"crm/777", "0000-0000-0017"} {
		d.json(exitInput, nil, nil, "how", unknown)
	}
}

func TestWhatif(t *testing.T) {
	t.Parallel()
	d := filledDoor(t)
	var r whatifResult
	d.json(exitOK, nil, &r, "whatif", "crm/1", "billing/b-1")
	if r.Turns || len(r.Changes) != 0 || r.Before.Total != r.After.Total || len(r.Flips) == 0 {
		t.Errorf("nothing supposed: %+v", r)
	}
	d.json(exitOK, nil, &r, "whatif", "crm/1", "billing/b-1", "--set", "birth_date=1.1.1950", "--set", "phone=+7 999 000-00-01", "--unset", "email")
	if !r.Turns || r.After.Same() || len(r.Changes) != 3 || r.After.Total >= r.Before.Total {
		t.Errorf("supposed: %+v", r)
	}
	for _, c := range r.Changes {
		if c.Attribute == "birth_date" && !slices.Equal(c.After, []string{"1950-01-01"}) {
			t.Errorf("%+v", c)
		}
	}
	for lang, word := range map[string]string{"en": "the verdict turns", "ru": "вывод меняется", "uk": "висновок змінюється"} {
		text := d.ok("whatif", "crm/1", "billing/b-1", "--set", "birth_date=1.1.1950", "--set", "phone=+7 999 000-00-01", "--lang", lang, "-q")
		if !strings.Contains(text, word) || strings.Contains(text, "whatif.") {
			t.Errorf("%s:\n%s", lang, text)
		}
	}
	for _, wrong := range [][]string{{"--set", "shoe=44"}, {"--set", "phone"}, {"--unset", "shoe"}} {
		d.json(exitInput, nil, nil, append([]string{"whatif", "crm/1", "billing/b-1"}, wrong...)...)
	}
	var why whyResult
	d.json(exitOK, nil, &why, "why", "crm/1", "billing/b-1")
	if why.Pair.Total != r.Before.Total {
		t.Errorf("why says %d, whatif %d", why.Pair.Total, r.Before.Total)
	}
}
