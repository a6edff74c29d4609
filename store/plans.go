package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

const planColumns = `id, state, author, person, asked, reason, request, settings, train, name, stage, done, total, approver, approved, why, brake, fault, detail, finished, document, result FROM plan`

// A list of plans leaves the documents out, which hold a model each.
const planHeads = `id, state, author, person, asked, reason, request, settings, train, name, stage, done, total, approver, approved, why, brake, fault, detail, finished, '', result FROM plan`

func planRow(row pgx.CollectableRow) (p customer.PlanRow, err error) {
	err = row.Scan(&p.ID, &p.State, &p.By, &p.Person, &p.Asked, &p.Reason, &p.Request, &p.Settings, &p.Train, &p.Name, &p.Stage, &p.Done, &p.Total,
		&p.Approver, &p.Approved, &p.Why, &p.Brake, &p.Fault, &p.Detail, &p.Finished, &p.Document, &p.Result)
	p.Asked = p.Asked.UTC()
	return p, err
}

// AddPlan keeps a plan and numbers it.
func (tx *Tx) AddPlan(ctx context.Context, p *customer.PlanRow) error {
	err := tx.QueryRow(ctx, `
		INSERT INTO plan (state, author, person, reason, request, settings, train, name, document, approver, approved, why, result, finished)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		RETURNING id, asked`, string(p.State), p.By, p.Person, p.Reason, p.Request, p.Settings, p.Train, p.Name, p.Document,
		p.Approver, p.Approved, p.Why, p.Result, p.Finished).Scan(&p.ID, &p.Asked)
	return scrub(err)
}

// PlanAt returns a plan and keeps others from changing it until the transaction ends, if it writes;
// [ErrUnknown] if there never was one of the number.
func (tx *Tx) PlanAt(ctx context.Context, id int64, lock bool) (customer.PlanRow, error) {
	query := `SELECT ` + planColumns + ` WHERE id = $1`
	if lock {
		query += ` FOR UPDATE`
	}
	return tx.plan(ctx, fmt.Sprintf("plan %d", id), query, id)
}

// PlanOf returns the plan that was asked for by a request; [ErrUnknown] if none was.
func (tx *Tx) PlanOf(ctx context.Context, request string) (customer.PlanRow, error) {
	return tx.plan(ctx, "plan", `SELECT `+planHeads+` WHERE request = $1`, request)
}

// PlanNamed returns the last plan of a name that is being carried out; [ErrUnknown] if there is none.
func (tx *Tx) PlanNamed(ctx context.Context, name string) (customer.PlanRow, error) {
	return tx.plan(ctx, "plan "+name, `SELECT `+planHeads+` WHERE name = $1 AND state = 'approved' ORDER BY id DESC LIMIT 1`, name)
}

// NextPlan returns the plan that is to be worked on next; [ErrUnknown] if there is none. What was
// approved goes first: until it is through nobody else changes codes.
func (tx *Tx) NextPlan(ctx context.Context) (customer.PlanRow, error) {
	return tx.plan(ctx, "plan", `SELECT `+planColumns+` WHERE id = (SELECT id FROM plan WHERE state IN ('asked', 'approved') ORDER BY state = 'asked', id LIMIT $1)`, 1)
}

func (tx *Tx) plan(ctx context.Context, name, query string, arg any) (customer.PlanRow, error) {
	rows, err := tx.Query(ctx, query, arg)
	if err != nil {
		return customer.PlanRow{}, scrub(err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, planRow)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, fmt.Errorf("%s: %w", name, ErrUnknown)
	}
	return p, scrub(err)
}

// Plans lists plans without their documents, the newest first, before one (0 for all), at most limit;
// applied only those that came into force.
func (tx *Tx) Plans(ctx context.Context, applied bool, before int64, limit int) ([]customer.PlanRow, error) {
	rows, err := tx.Query(ctx, `SELECT `+planHeads+` WHERE ($1::bigint = 0 OR id < $1) AND (NOT $2 OR state = 'applied') ORDER BY id DESC LIMIT $3`, before, applied, limit)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, planRow)
	return list, scrub(err)
}

// SavePlan writes what may change of a plan, but for its progress.
func (tx *Tx) SavePlan(ctx context.Context, p *customer.PlanRow) error {
	_, err := tx.Exec(ctx, `
		UPDATE plan SET state = $2, name = $3, document = $4, approver = $5, approved = $6, why = $7, brake = $8, result = $9, fault = $10, detail = $11, finished = $12,
			stage = '', done = 0, total = 0
		WHERE id = $1`, p.ID, string(p.State), p.Name, p.Document, p.Approver, p.Approved, p.Why, p.Brake, p.Result, p.Fault, p.Detail, p.Finished)
	return scrub(err)
}

// PlanProgress tells how far the work on a plan is.
func (s *Store) PlanProgress(ctx context.Context, id int64, stage string, done, total int64) error {
	_, err := s.pool.Exec(ctx, `UPDATE plan SET stage = $2, done = $3, total = $4 WHERE id = $1`, id, stage, done, total)
	return away(err)
}
