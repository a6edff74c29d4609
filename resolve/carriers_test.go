package resolve_test

import (
	"errors"

	"pgregory.net/rapid"

	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/store"
)

// carrier is a base that a history is played on.
type carrier interface {
	land(t *rapid.T, ref customer.Ref, op customer.Op, s *customer.Standard)
	turn(t *rapid.T, rules *resolve.Rules, limit int) int
	decide(t *rapid.T, rules *resolve.Rules, d refDecision)
	maintain(t *rapid.T, rules *resolve.Rules)
	live(t *rapid.T) []resolve.Record
	decisions(t *rapid.T) []customer.Decision
	documents(t *rapid.T) map[customer.Code][]byte
	verify(t *rapid.T, rules *resolve.Rules)
	tasks(t *rapid.T) []customer.Task // open
	touch(t *rapid.T, rules *resolve.Rules) resolve.Outcome
}

// inMemory plays on resolve.Memory.
type inMemory struct{ *resolve.Memory }

func (m inMemory) land(_ *rapid.T, ref customer.Ref, op customer.Op, s *customer.Standard) {
	m.Land(ref, op, s)
}

func (m inMemory) turn(t *rapid.T, rules *resolve.Rules, limit int) int {
	landed := m.Waiting(limit)
	if _, err := resolve.Turn(ctx, rules, m.Memory, landed, nil, resolve.Operation{Kind: "resolve"}); err != nil {
		t.Fatal(err)
	}
	return len(landed)
}

func (m inMemory) decide(t *rapid.T, rules *resolve.Rules, d refDecision) {
	live := m.Live()
	l, r := find(live, d.left), find(live, d.right)
	m.Decide(customer.Decision{ID: d.id, Kind: d.kind, Left: []customer.RecordID{l}, Right: []customer.RecordID{r}})
	if _, err := resolve.Turn(ctx, rules, m.Memory, nil, []customer.RecordID{l, r}, resolve.Operation{Kind: "decide"}); err != nil {
		t.Fatal(err)
	}
}

func (m inMemory) maintain(t *rapid.T, rules *resolve.Rules) {
	if _, err := resolve.Maintain(ctx, rules, m.Memory); err != nil {
		t.Fatal(err)
	}
}

func (m inMemory) live(*rapid.T) []resolve.Record { return m.Live() }

func (m inMemory) decisions(*rapid.T) []customer.Decision { return m.AllDecisions() }

func (m inMemory) documents(*rapid.T) map[customer.Code][]byte {
	out := map[customer.Code][]byte{}
	for _, row := range m.CodeRows() {
		if row.State == customer.CodeActive {
			out[row.Code] = row.Document
		}
	}
	return out
}

// inStore plays on PostgreSQL.
type inStore struct {
	*store.Store
	run *customer.Run
}

func (s inStore) tx(t *rapid.T, f func(*store.Tx) error) {
	if err := s.InLane(ctx, f); err != nil {
		t.Fatal(err)
	}
}

func (s inStore) land(t *rapid.T, ref customer.Ref, op customer.Op, standard *customer.Standard) {
	s.tx(t, func(tx *store.Tx) error {
		in := customer.Incoming{Ref: ref, Op: op, Raw: []byte(`{}`)}
		if standard != nil {
			in.Standard = *standard
		}
		_, _, err := tx.Land(ctx, s.run, []customer.Incoming{in}, false)
		return err
	})
}

// turn resolves what waits; the batches may be prepared ahead, and get their turns after others
// made what was found out ahead of them stale.
func (s inStore) turn(t *rapid.T, rules *resolve.Rules, limit int) (n int) {
	if rapid.Bool().Draw(t, "ahead") {
		for _, b := range rapid.Permutation(s.batches(t, rules, limit)).Draw(t, "order") {
			n += b.turn(t, s, rules)
		}
		return n
	}
	s.tx(t, func(tx *store.Tx) error {
		landed, err := tx.Waiting(ctx, limit)
		if err != nil {
			return err
		}
		n = len(landed)
		_, err = resolve.Turn(ctx, rules, tx, landed, nil, resolve.Operation{Kind: "resolve"})
		return err
	})
	return n
}

// batch is landed revisions with what was found out ahead.
type batch struct {
	landed []resolve.Landed
	ahead  *resolve.Ahead
}

// batches prepares everything that waits, in batches.
func (s inStore) batches(t *rapid.T, rules *resolve.Rules, limit int) (out []batch) {
	after := customer.RecordID(0)
	for {
		var b batch
		if err := s.InTx(ctx, func(tx *store.Tx) (err error) {
			if b.landed, err = tx.WaitingAfter(ctx, after, limit); err == nil {
				b.ahead, err = resolve.Prepare(ctx, rules, tx, b.landed)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if len(b.landed) == 0 {
			return out
		}
		after = b.landed[len(b.landed)-1].ID
		out = append(out, b)
	}
}

func (b *batch) turn(t *rapid.T, s inStore, rules *resolve.Rules) (n int) {
	s.tx(t, func(tx *store.Tx) error {
		landed, err := tx.StillWaiting(ctx, b.landed)
		if err != nil {
			return err
		}
		n = len(landed)
		_, err = resolve.TurnAhead(ctx, rules, tx, b.ahead, landed, nil, resolve.Operation{Kind: "resolve"})
		return err
	})
	return n
}

func (s inStore) decide(t *rapid.T, rules *resolve.Rules, d refDecision) {
	live := s.live(t)
	l, r := find(live, d.left), find(live, d.right)
	s.tx(t, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, `WITH d AS (INSERT INTO decision (kind, operation) VALUES ($1, 0) RETURNING id)
			INSERT INTO decision_record SELECT id, $2::bigint, false FROM d UNION ALL SELECT id, $3::bigint, true FROM d`, string(d.kind), int64(l), int64(r)); err != nil {
			return err
		}
		_, err := resolve.Turn(ctx, rules, tx, nil, []customer.RecordID{l, r}, resolve.Operation{Kind: "decide"})
		return err
	})
}

func (s inStore) maintain(t *rapid.T, rules *resolve.Rules) {
	s.tx(t, func(tx *store.Tx) error {
		_, err := resolve.Maintain(ctx, rules, tx)
		return err
	})
}

func (s inStore) live(t *rapid.T) (out []resolve.Record) {
	s.tx(t, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id FROM record WHERE state = 'live' ORDER BY id`)
		if err != nil {
			return err
		}
		var ids []customer.RecordID
		for rows.Next() {
			var id int64
			if err := rows.Scan(&id); err != nil {
				return err
			}
			ids = append(ids, customer.RecordID(id))
		}
		out, err = tx.Records(ctx, ids)
		return errors.Join(err, rows.Err())
	})
	return out
}

func (s inStore) decisions(t *rapid.T) (out []customer.Decision) {
	s.tx(t, func(tx *store.Tx) (err error) {
		out, err = tx.AllDecisions(ctx)
		return err
	})
	return out
}

func (s inStore) documents(t *rapid.T) map[customer.Code][]byte {
	out := map[customer.Code][]byte{}
	s.tx(t, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, `SELECT code, document FROM golden WHERE state = 'active'`)
		if err != nil {
			return err
		}
		for rows.Next() {
			var code int64
			var document string
			if err := rows.Scan(&code, &document); err != nil {
				return err
			}
			out[customer.Code(code)] = []byte(document)
		}
		return rows.Err()
	})
	return out
}
