package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

const proposalColumns = `id, coalesce(task, 0), coalesce(batch, 0), state, author, person, subject, intent, request, given, due, reviewer, settled, coalesce(operation, 0), reason`

func proposalRow(row pgx.CollectableRow) (p customer.Proposal, err error) {
	err = row.Scan(&p.ID, &p.Task, &p.Batch, &p.State, &p.Author, &p.Person, &p.Subject, &p.Intent, &p.Request, &p.Given, &p.Due, &p.Reviewer, &p.Settled, &p.Operation, &p.Reason)
	return p, err
}

// AddProposal keeps what a person wants done and numbers it. Batch -1 makes it the first of a batch.
func (tx *Tx) AddProposal(ctx context.Context, p *customer.Proposal) error {
	err := tx.QueryRow(ctx, `
		INSERT INTO proposal (task, batch, state, author, person, subject, intent, request, due)
		VALUES (nullif($1::bigint, 0), CASE WHEN $2::bigint < 0 THEN currval(pg_get_serial_sequence('proposal', 'id')) ELSE nullif($2::bigint, 0) END, $3, $4, $5, $6, $7, $8, $9)
		RETURNING id, coalesce(batch, 0), given`, p.Task, p.Batch, string(p.State), p.Author, p.Person, p.Subject, p.Intent, p.Request, p.Due).Scan(&p.ID, &p.Batch, &p.Given)
	return scrub(err)
}

// ProposalAt returns a proposal and keeps others from settling it until the transaction ends;
// [ErrUnknown] if there never was one of the number.
func (tx *Tx) ProposalAt(ctx context.Context, id int64) (customer.Proposal, error) {
	return tx.proposal(ctx, fmt.Sprintf("proposal %d", id), `WHERE id = $1 FOR UPDATE`, id)
}

// ProposalOf returns the proposal that was made by a request; [ErrUnknown] if none was.
func (tx *Tx) ProposalOf(ctx context.Context, request string) (customer.Proposal, error) {
	return tx.proposal(ctx, "proposal", `WHERE request = $1`, request)
}

func (tx *Tx) proposal(ctx context.Context, name, where string, arg any) (customer.Proposal, error) {
	rows, err := tx.Query(ctx, `SELECT `+proposalColumns+` FROM proposal `+where, arg)
	if err != nil {
		return customer.Proposal{}, scrub(err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, proposalRow)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, fmt.Errorf("%s: %w", name, ErrUnknown)
	}
	return p, scrub(err)
}

// ProposalFilter chooses proposals; the zero one all.
type ProposalFilter struct {
	States []customer.ProposalState
	Author string
	Task   int64
	Batch  int64
	Before int64 // only older ones than this
}

// Proposals lists proposals, the newest first, at most limit.
func (tx *Tx) Proposals(ctx context.Context, f ProposalFilter, limit int) ([]customer.Proposal, error) {
	rows, err := tx.Query(ctx, `SELECT `+proposalColumns+` FROM proposal
		WHERE (cardinality($1::text[]) = 0 OR state = ANY($1)) AND ($2 = '' OR author = $2) AND ($3::bigint = 0 OR task = $3)
			AND ($4::bigint = 0 OR batch = $4) AND ($5::bigint = 0 OR id < $5)
		ORDER BY id DESC LIMIT $6`, words(f.States), f.Author, f.Task, f.Batch, f.Before, limit)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, proposalRow)
	return list, scrub(err)
}

func words[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

// DueProposals lists what is to be carried out now, the oldest first.
func (tx *Tx) DueProposals(ctx context.Context) ([]int64, error) {
	rows, err := tx.Query(ctx, `SELECT id FROM proposal WHERE state = 'held' AND due <= now() ORDER BY id LIMIT 100`)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	return list, scrub(err)
}

// SettleProposal writes what became of a proposal, and gives its question back to the queue unless it
// still waits or is done.
func (tx *Tx) SettleProposal(ctx context.Context, p *customer.Proposal) error {
	batch := &pgx.Batch{}
	batch.Queue(`UPDATE proposal SET state = $2, reviewer = $3, operation = nullif($4::bigint, 0), reason = $5, due = $6, settled = CASE WHEN $7 THEN NULL ELSE now() END WHERE id = $1`,
		p.ID, string(p.State), p.Reviewer, p.Operation, p.Reason, p.Due, p.State.Open())
	if p.Task != 0 && !slices.Contains([]customer.ProposalState{customer.ProposalAgreed, customer.ProposalDisputed}, p.State) {
		pending := ""
		if p.State.Open() {
			pending = string(p.State)
		}
		batch.Queue(`UPDATE task SET pending = $2 WHERE id = $1`, p.Task, pending)
	}
	return scrub(tx.SendBatch(ctx, batch).Close())
}

// PendTask takes an open question out of the queue while its answer waits; false if it is closed, or
// was answered by somebody else meanwhile.
func (tx *Tx) PendTask(ctx context.Context, id int64, state customer.ProposalState) (bool, error) {
	tag, err := tx.Exec(ctx, `UPDATE task SET pending = $2, claimed_by = '', claimed_until = NULL
		WHERE id = $1 AND state = 'open' AND pending IN ('', 'second')`, id, string(state))
	return tag.RowsAffected() == 1, scrub(err)
}

// AssignTask lets only one person be asked; "" lets all.
func (tx *Tx) AssignTask(ctx context.Context, id int64, to string) error {
	_, err := tx.Exec(ctx, `UPDATE task SET assigned = $2, claimed_by = CASE WHEN claimed_by = $2 THEN claimed_by ELSE '' END WHERE id = $1 AND state = 'open'`, id, to)
	return scrub(err)
}

// AddNote keeps what somebody said about a question.
func (tx *Tx) AddNote(ctx context.Context, task int64, author, text string) error {
	_, err := tx.Exec(ctx, `INSERT INTO note (task, author, text) VALUES ($1, $2, $3)`, task, author, text)
	return scrub(err)
}

// NotesOf lists what was said about a question, the oldest first.
func (tx *Tx) NotesOf(ctx context.Context, task int64) ([]customer.Note, error) {
	rows, err := tx.Query(ctx, `SELECT id, author, at, text FROM note WHERE task = $1 ORDER BY id`, task)
	if err != nil {
		return nil, scrub(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[customer.Note])
	return list, scrub(err)
}
