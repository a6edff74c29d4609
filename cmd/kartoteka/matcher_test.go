package main

import (
	"errors"
	"testing"
	"time"

	"kartoteka/desk"
	"kartoteka/failpoint/tape"
)

func (d *door) matcher() *desk.Desk {
	d.Helper()
	a := &app{out: &tape.Tape{}, err: &tape.Tape{}, lookup: func(name string) (string, bool) { return d.url, name == "KARTOTEKA_DATABASE_URL" }}
	a.State = d.dir
	h, err := a.openHub(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() { _ = h.close(d.Context()) })
	return h.desk()
}

func TestSearchBeforeCreate(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	m := d.matcher()
	if found, err := m.Search(local(t.Context()), desk.Question{Text: "Кравченко", Limit: 5}); !errors.Is(err, desk.ErrEmpty) || len(found) != 0 {
		t.Fatalf("an empty hub: %v %v", found, err)
	}
	d.ok("load", d.file("people.csv", "id,ФИО,дата рождения,телефон\n1,Кравченко Олег Ильич,12.04.1985,+79161234567\n2,Кравченко Ольга Ильинична,01.02.1990,+79267654321\n"),
		"--source", "crm", "--key", "id", "-q")
	for _, tt := range []struct {
		name string
		q    desk.Question
		same bool
	}{
		{"Text", desk.Question{Text: "кравченко олег 8 916 123-45-67 12.04.1985"}, true},
		{"Values", desk.Question{Values: map[string][]string{"name": {"КРАВЧЕНКО О. И."}, "phone": {"8(916)1234567"}, "birth_date": {"1985-04-12"}}}, true},
		{"LittleIsNotEnough", desk.Question{Values: map[string][]string{"name": {"Кравченко Олег"}}}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.Limit = 5
			found, err := m.Search(local(t.Context()), tt.q)
			if err != nil || len(found) == 0 || found[0].Same != tt.same {
				t.Errorf("%+v %v", found, err)
			}
		})
	}
	if _, err := m.Search(local(t.Context()), desk.Question{Values: map[string][]string{"shoe": {"45"}}, Limit: 1}); !errors.Is(err, desk.ErrInvalid) {
		t.Error(err)
	}
}

// A process that is stopped while it holds the lane loses it; woken, it writes nothing.
func TestStoppedInItsTurnAnotherProcessGoesOn(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	d.ok("load", d.file("people.csv", "id,ФИО,телефон\n1,Кравченко Олег Ильич,+79161234567\n"), "--source", "crm", "--key", "id", "-q")
	stopped := d.spawn([]string{"KARTOTEKA_FAILPOINT=turn.taken=pause"}, "load", d.file("more.csv", "id,ФИО,телефон\n2,Ильин Пётр Олегович,+79267654321\n"), "--source", "crm", "--key", "id", "-q")
	waitForTurn(d)
	began := time.Now()
	d.ok("load", d.file("other.csv", "id,ФИО,телефон\n7,Смирнова Мария Сергеевна,+79035551122\n"), "--source", "shop", "--key", "id", "-q")
	if took := time.Since(began); took > time.Minute {
		t.Errorf("the lane was free after %s", took)
	}
	_ = stopped.cmd.Process.Kill()
	d.ok("verify", "--only", "I1,I2,I6,I8,I11", "-q")
}

// waitForTurn returns once somebody holds the lane with a turn.
func waitForTurn(d *door) {
	d.Helper()
	s := d.store()
	for range 3000 {
		if held, err := s.LaneHeld(d.Context()); err != nil {
			d.Fatal(err)
		} else if held {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	d.Fatal("nobody holds the lane")
}
