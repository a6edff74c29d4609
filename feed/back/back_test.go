package back

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kartoteka/customer"
	"kartoteka/feed"
	"kartoteka/feed/feedtest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// townHub is a town as a hub.
type townHub struct {
	*feedtest.Log
	town *feedtest.Town
}

func (h townHub) CodesOfSource(_ context.Context, _ customer.Source, after string, limit int) (rows []Row, _ error) {
	for id, code := range h.town.At() {
		if key := fmt.Sprint("secret-key-", id); key > after {
			rows = append(rows, Row{key, code})
		}
	}
	slices.SortFunc(rows, func(a, b Row) int { return strings.Compare(a.Key, b.Key) })
	return rows[:min(limit, len(rows))], nil
}

func (townHub) ErasedCodes(context.Context) ([]customer.Code, error) { return nil, nil }

// memory is a target that now and then fails, before or after it did its work.
type memory struct {
	rows map[string]customer.Code
	fate func() int
}

var errAway = errors.New("away")

func (m *memory) Replaces() bool { return false }

func (m *memory) Deliver(_ context.Context, d Delivery) error {
	fate := m.fate()
	if fate == 1 {
		return errAway
	}
	for r, err := range d.Rows {
		if err != nil {
			return err
		}
		m.rows[r.Key] = r.Code
		if r.Code == 0 {
			delete(m.rows, r.Key)
		}
	}
	if fate == 2 {
		return errAway
	}
	return nil
}

// Whatever fails in between, in the end the source has the code of each of its records.
func TestEachCodeReturns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := feedtest.New()
		town := feedtest.NewTown(log, rapid.Int64().Draw(t, "seed"))
		faulty := true
		target := &memory{rows: map[string]customer.Code{}, fate: func() int {
			if !faulty {
				return 0
			}
			return rapid.IntRange(0, 2).Draw(t, "fate")
		}}
		w := &Writer{Source: "crm", Target: target, Hub: townHub{log, town}, Leases: log, Holder: "a", Logger: slog.New(slog.DiscardHandler)}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			town.Operate()
			if rapid.Bool().Draw(t, "deliver") {
				if err := w.Once(t.Context()); err != nil && !errors.Is(err, errAway) {
					t.Fatal(err)
				}
			}
		}
		faulty = false
		if err := w.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := map[string]customer.Code{}
		for id, code := range town.At() {
			if code != 0 {
				want[fmt.Sprint("secret-key-", id)] = code
			}
		}
		if diff := cmp.Diff(want, target.rows); diff != "" {
			t.Fatal(diff)
		}
		if last, _ := log.Last(t.Context()); log.Position(RoleOf("crm")) != last {
			t.Fatal("the position stays behind")
		}
	})
}

func TestAnotherHolderIsLeftAlone(t *testing.T) {
	log := feedtest.New()
	if _, err := log.Acquire(t.Context(), RoleOf("crm"), "b", time.Minute); err != nil {
		t.Fatal(err)
	}
	w := &Writer{Source: "crm", Target: &memory{}, Hub: townHub{log, feedtest.NewTown(log, 1)}, Leases: log, Holder: "a"}
	if err := w.Once(t.Context()); !errors.Is(err, feed.ErrLeaseHeld) {
		t.Error(err)
	}
}

func rowsOf(rows ...Row) func(func(Row, error) bool) {
	return func(yield func(Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
		yield(Row{}, nil)
	}
}

// A delivery that fails half-way leaves the file of before, and nothing beside it.
func TestAFileIsReplacedWholeOrNotAtAll(t *testing.T) {
	folder := t.TempDir()
	target := CSV{Folder: folder, Source: "crm"}
	if err := target.Deliver(t.Context(), Delivery{Whole: true, Rows: func(yield func(Row, error) bool) { yield(Row{"a,\"1\"", customer.WithCheckDigit(1)}, nil) }}); err != nil {
		t.Fatal(err)
	}
	want := "key,code\n\"a,\"\"1\"\"\",0000-0000-0013\n"
	err := target.Deliver(t.Context(), Delivery{Whole: true, Rows: func(yield func(Row, error) bool) {
		_ = yield(Row{"b", customer.WithCheckDigit(2)}, nil) && yield(Row{}, errAway)
	}})
	text, _ := os.ReadFile(filepath.Join(folder, "crm.csv"))
	files, _ := os.ReadDir(folder)
	if !errors.Is(err, errAway) || string(text) != want || len(files) != 1 {
		t.Errorf("%v, %d files, %s", err, len(files), text)
	}
	if err := (CSV{Folder: filepath.Join(folder, "no"), Source: "crm"}).Deliver(t.Context(), Delivery{Rows: rowsOf()}); err == nil || !strings.Contains(err.Error(), "make the folder") {
		t.Error(err)
	}
}

func TestA1CMessageEscapesKeys(t *testing.T) {
	folder := t.TempDir()
	o := OneC{Folder: folder, Source: "ut", Now: func() time.Time { return time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC) }}
	if err := o.Deliver(t.Context(), Delivery{Position: 7, Rows: rowsOf(Row{"<a>&", customer.WithCheckDigit(1)}, Row{"gone", 0})}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "Message_KARTOTEKA_ut_7.xml"))
	if err != nil || !strings.Contains(string(text), "<Ссылка>&lt;a&gt;&amp;</Ссылка>") || !strings.Contains(string(text), "<Ссылка>gone</Ссылка></Объект><Свойство>ПерсональныйКод</Свойство><Значение></Значение>") {
		t.Errorf("%v %s", err, text)
	}
}
