package store_test

import (
	"sync"
	"testing"
	"time"

	"kartoteka/customer"
	"kartoteka/golden"
	"kartoteka/store"
	"kartoteka/store/storetest"
)

// openTasks opens a hub with n questions of rising loss.
func openTasks(t *testing.T, n int) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), storetest.New(t, migrateLease), golden.NewPermutation)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	e := customer.Effects{}
	for i := range n {
		e.Tasks = append(e.Tasks, customer.Task{Kind: customer.TaskPossibleMatch, Code: customer.Code(10 + i), Other: customer.Code(10_000 + i), Loss: float64(i)})
	}
	inLane(t, s, func(tx *store.Tx) error { return tx.Write(t.Context(), &e) })
	return s
}

func inLane(t *testing.T, s *store.Store, f func(*store.Tx) error) {
	t.Helper()
	if err := s.InLane(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func claim(t *testing.T, s *store.Store, who string, lease time.Duration) (row store.TaskRow, ok bool) {
	err := s.InTx(t.Context(), func(tx *store.Tx) (err error) {
		row, ok, err = tx.ClaimTask(t.Context(), store.TaskFilter{Who: who}, lease)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return row, ok
}

// TestTwentyClaimantsNeverGetTheSameTask is what reading first and writing then fails: two get one task.
func TestTwentyClaimantsNeverGetTheSameTask(t *testing.T) {
	t.Parallel()
	const tasks = 200
	s := openTasks(t, tasks)
	var mu sync.Mutex
	given := map[int64][]string{}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			who := "steward " + string(rune('a'+i))
			for {
				row, ok := claim(t, s, who, time.Hour)
				if !ok {
					return
				}
				mu.Lock()
				given[row.ID] = append(given[row.ID], who)
				mu.Unlock()
				inLane(t, s, func(tx *store.Tx) error { return tx.AnswerTask(t.Context(), row.ID, 1, "approved") })
			}
		})
	}
	wg.Wait()
	if len(given) != tasks {
		t.Errorf("%d of %d tasks were given", len(given), tasks)
	}
	for id, who := range given {
		if len(who) > 1 {
			t.Errorf("task %d was given to %v", id, who)
		}
	}
}

func TestQueueOfTasks(t *testing.T) {
	t.Parallel()
	s := openTasks(t, 3)
	first, _ := claim(t, s, "anna", time.Hour)
	if first.Loss != 2 {
		t.Fatalf("the dearest comes first, not %+v", first)
	}
	second, _ := claim(t, s, "boris", time.Hour)
	if second.ID == first.ID {
		t.Error("a claimed task is given to another")
	}
	if again, _ := claim(t, s, "anna", time.Millisecond); again.ID != first.ID {
		t.Errorf("who claimed a task gets it again, not %d", again.ID)
	}
	deadline := time.Now().Add(10 * time.Second)
	for {
		if third, _ := claim(t, s, "clara", time.Millisecond); third.ID == first.ID {
			break // the claim has run out
		}
		if time.Now().After(deadline) {
			t.Fatal("a claim that ran out is never given back")
		}
	}
	inLane(t, s, func(tx *store.Tx) error { return tx.SkipTask(t.Context(), first.ID, "", nil) })
	inLane(t, s, func(tx *store.Tx) error {
		rows, err := tx.Tasks(t.Context(), store.TaskFilter{}, 10)
		if err == nil && (len(rows) != 3 || rows[2].ID != first.ID) {
			t.Errorf("what is put off comes last: %+v", rows)
		}
		return err
	})
	inLane(t, s, func(tx *store.Tx) error { return tx.AnswerTask(t.Context(), second.ID, 7, "approved") })
	inLane(t, s, func(tx *store.Tx) error {
		n, err := tx.AnsweredToday(t.Context(), "Europe/Moscow")
		if err == nil && n != 1 {
			t.Errorf("%d answered today", n)
		}
		loss, err := tx.LossBeyond(t.Context(), 1)
		if err == nil && loss <= 0 {
			t.Errorf("%v is expected to be lost by what is not asked", loss)
		}
		return err
	})
}
