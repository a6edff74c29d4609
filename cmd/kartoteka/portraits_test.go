package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNeighborPortraits loads a file of a neighbor country under its ready portrait: local
// numbers, letters and telephones, columns found by their names.
func TestNeighborPortraits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows  string
		joins []string
		cards []string
	}{
		"by": {rows: `код;ФИО;Личный номер;Дата рождения;Телефон;УНП
1;Ковалёнок Алесь Петрович;3120485A001PB6;12.04.1985;8 029 612-34-56;
2;КАВАЛЁНАК АЛЕСЬ;3120485А001РВ6;;+375 29 612 34 56;
3;Ковалёнок Яна Олеговна;;03.09.1990;8 029 612-34-56;
4;ООО «Ромашка Плюс»;;;8 017 212-34-56;200988541
5;Ромашка Плюс ООО;;;;200988541
`, joins: []string{"people/1 people/2", "people/3", "people/4 people/5"},
			cards: []string{"personal_no 3120485A001PB6", "+375296123456", "unp 200988541"}},
		"kz": {rows: `код;Аты-жөні;ИИН/БИН;Дата рождения;Телефон
1;Қасымов Нұрсұлтан Әбішұлы;850412300125;12.04.1985;8 701 123 45 67
2;Касымов Нурсултан;850412300125;;+7 701 123 45 67
3;Қасымова Айгүл Әбішқызы;;03.09.1990;8 701 123 45 67
4;ТОО «Ромашка Плюс»;190540001230;;8 (727) 212-34-56
5;Ромашка Плюс ТОО;190540001230;;
`, joins: []string{"people/1 people/2", "people/3", "people/4 people/5"},
			cards: []string{"iin 850412300125", "+77011234567", "iin 190540001230"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := openDoor(t)
			conf := filepath.Join(d.dir, "kartoteka.yaml")
			d.ok("init", "--portrait", name, "--file", conf)
			d.ok("config", "check", "--config", conf, "-q")
			d.ok("load", d.file("people.csv", c.rows), "--config", conf, "--key", "код", "-q")
			if diff := cmp.Diff(c.joins, d.partition()); diff != "" {
				t.Errorf("%s", diff)
			}
			d.hasCards(c.cards)
			d.ok("verify", "--config", conf, "-q")
		})
	}
}

func (d *door) hasCards(want []string) {
	d.Helper()
	all := strings.Join(d.cards(), "\n")
	for _, w := range want {
		if !strings.Contains(all, w) {
			d.Errorf("no card has %s:\n%s", w, all)
		}
	}
}
