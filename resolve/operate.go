package resolve

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"kartoteka/customer"
)

var (
	// ErrUndecidable says that this cannot be done to these customers; its text says what can.
	ErrUndecidable = errors.New("cannot be decided")
	// ErrNothing says that the operation would change nothing; the caller looks at what there is.
	ErrNothing = errors.New("nothing to do")
	// ErrRequest says that a request id was given to another operation before; the caller takes a new one.
	ErrRequest = errors.New("the request id stands for another operation")
	// ErrStale says that a customer changed since the caller looked; it looks again and decides anew.
	ErrStale = errors.New("changed since it was looked at")
)

// Desk is a base on which what people decide is carried out.
type Desk interface {
	Base
	// Requested returns the operation that carried a request and what it asked for; 0 if none did.
	Requested(ctx context.Context, request string) (operation int64, intent []byte, err error)
	// NextOperation is the number that the next operation of the transaction gets.
	NextOperation(ctx context.Context) (int64, error)
	// NextCodes are the codes that Mint would give.
	NextCodes(ctx context.Context, n int) ([]Minted, error)
	// Operated tells what an operation did; customer.ErrUnknown if there is none of the number.
	Operated(ctx context.Context, operation int64) (customer.Operated, error)
	// DecidedBy returns what of an operation's decisions still stands.
	DecidedBy(ctx context.Context, operation int64) (customer.InForce, error)
	// ChangesOf returns the change log of a code, ascending.
	ChangesOf(ctx context.Context, code customer.Code) ([]customer.Change, error)
	// Locate tells where source records stand, by their places.
	Locate(ctx context.Context, refs []customer.Ref) ([]customer.Located, error)
	// RecordsOf returns the live records of codes, ascending.
	RecordsOf(ctx context.Context, codes []customer.Code) ([]customer.RecordID, error)
}

// Who names a customer by its code, or by one of its source records.
type Who struct {
	Code customer.Code
	Ref  customer.Ref // when Code is zero
}

// String names it in errors: a key may be personal, a source and a code are not.
func (w Who) String() string {
	if w.Code != 0 {
		return "code " + w.Code.String()
	}
	return "the record of " + string(w.Ref.Source)
}

// Order is what a person wants done.
type Order struct {
	Action  Action
	Actor   string
	Reason  string
	Request string // "" or an id of the caller's: what is sent twice is done once
	// Expect are the versions of the codes that the person saw.
	Expect map[customer.Code]int64
	Now    customer.Instant // for what is dated
}

// Action is one of [Merge], [Split], [Unmerge], [Relocate], [Judge], [Confirm], [Keep], [PinValue],
// [Unpin], [Grant], [Revoke].
type Action interface {
	// Kind names the operation in the audit.
	Kind() string
	// intent spells out what is asked for, without values.
	intent() string
	// plan finds out what is to be written.
	plan(o *operation) error
}

// Operate carries out an order within the transaction of the base, which must hold the lane. What
// contradicts active decisions is refused whole.
func Operate(ctx context.Context, rules *Rules, base Desk, order Order) (*Done, error) {
	o := &operation{ctx: ctx, rules: rules, base: base, order: &order, judgedCodes: map[customer.Code]bool{}, rows: map[customer.Code]CodeRow{}, tasks: map[int64]Task{}}
	o.judged.Request, o.judged.Intent = order.Request, intentOf(order.Action)
	done, err := o.repeated()
	if done == nil && err == nil {
		done, err = o.carryOut()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", order.Action.Kind(), err)
	}
	return done, nil
}

func intentOf(a Action) []byte {
	sum := sha256.Sum256([]byte(a.Kind() + "\n" + a.intent()))
	return sum[:16]
}

// operation is one order at work.
type operation struct {
	ctx    context.Context
	rules  *Rules
	base   Desk
	order  *Order
	number int64 // of its audit row

	judged      customer.Judged
	touched     []customer.RecordID // to be evaluated again
	judgedCodes map[customer.Code]bool
	wishes      []wish

	rows    map[customer.Code]CodeRow // as they were, of all codes looked at
	tasks   map[int64]Task            // that were open
	effects *Effects
}

// repeated answers a request that was carried out before.
func (o *operation) repeated() (*Done, error) {
	if o.order.Request == "" {
		return nil, nil
	}
	number, intent, err := o.base.Requested(o.ctx, o.order.Request)
	if err != nil || number == 0 {
		return nil, err
	}
	if !bytes.Equal(intent, o.judged.Intent) {
		return nil, fmt.Errorf("%w: operation %d; give this one an id of its own", ErrRequest, number)
	}
	done, err := o.done(number)
	if done != nil {
		done.Repeated = true
	}
	return done, err
}

func (o *operation) carryOut() (*Done, error) {
	if err := o.expected(); err != nil {
		return nil, err
	}
	var err error
	if o.number, err = o.base.NextOperation(o.ctx); err != nil {
		return nil, err
	}
	if err := o.order.Action.plan(o); err != nil {
		return nil, err
	}
	if err := o.consistent(); err != nil {
		return nil, err
	}
	if err := o.evaluate(); err != nil {
		return nil, err
	}
	done, err := o.done(o.number)
	if err != nil {
		return nil, err
	}
	done.Preview, err = o.preview()
	return done, err
}

// evaluate runs the turn in which all is written.
func (o *operation) evaluate() error {
	op := Operation{Kind: o.order.Action.Kind(), Actor: o.order.Actor, Reason: o.order.Reason, One: true}
	base := &desk{Desk: o.base, o: o}
	if len(o.touched) == 0 {
		return base.Write(o.ctx, &Effects{Operations: []Operation{op}})
	}
	slices.Sort(o.touched)
	t := newTurn(o.ctx, o.rules, base, nil, op)
	t.wishes, t.judged = o.wishes, o.judgedCodes
	_, err := t.do(nil, slices.Compact(o.touched))
	return err
}

// desk is the base as the operation leaves it: what is decided now counts, what is revoked does not.
type desk struct {
	Desk
	o *operation
}

// Decisions implements [Base].
func (d *desk) Decisions(ctx context.Context, ids []customer.RecordID) ([]customer.Decision, error) {
	found, err := d.Desk.Decisions(ctx, ids)
	found = slices.DeleteFunc(found, func(x customer.Decision) bool { return slices.Contains(d.o.judged.Revoked.Decisions, x.ID) })
	named := make(map[customer.RecordID]bool, len(ids))
	for _, id := range ids {
		named[id] = true
	}
	is := func(id customer.RecordID) bool { return named[id] }
	for _, x := range d.o.judged.Decisions {
		if slices.ContainsFunc(x.Left, is) || slices.ContainsFunc(x.Right, is) {
			found = append(found, x)
		}
	}
	return found, err
}

// Codes implements [Base] and remembers the rows as they were.
func (d *desk) Codes(ctx context.Context, codes []customer.Code) ([]CodeRow, error) {
	rows, err := d.Desk.Codes(ctx, codes)
	for i := range rows {
		d.o.rows[rows[i].Code] = rows[i]
		d.o.overlay(&rows[i])
	}
	return rows, err
}

// overlay gives a row the pins and the keeper that it has after the operation.
func (o *operation) overlay(row *CodeRow) {
	j := &o.judged
	row.Pins = slices.DeleteFunc(slices.Clone(row.Pins), func(p customer.Pin) bool { return slices.Contains(j.Revoked.Pins, p.ID) })
	for _, p := range j.Pins {
		if p.Code == row.Code {
			row.Pins = append(row.Pins, p)
		}
	}
	if slices.Contains(j.Revoked.Keepers, customer.Keeper{Code: row.Code, Operation: row.Keeper}) {
		row.Keeper = 0
	}
	if slices.Contains(j.Keepers, row.Code) {
		row.Keeper = o.number
	}
}

// OpenTasks implements [Base] and remembers the tasks, to tell which ones close.
func (d *desk) OpenTasks(ctx context.Context, codes []customer.Code) ([]Task, error) {
	tasks, err := d.Desk.OpenTasks(ctx, codes)
	for _, t := range tasks {
		d.o.tasks[t.ID] = t
	}
	return tasks, err
}

// Write implements [Base]: the decisions go with what follows from them.
func (d *desk) Write(ctx context.Context, e *Effects) error {
	e.Judged, d.o.effects = &d.o.judged, e
	return d.Desk.Write(ctx, e)
}

// expected refuses an order about customers that are not as the person saw them.
func (o *operation) expected() error {
	var out []string
	for _, code := range sortedCodes(o.order.Expect) {
		row, err := o.code(code)
		if err != nil {
			return err
		}
		if seen := o.order.Expect[code]; row.Version != seen {
			what, err := o.since(row, seen)
			if err != nil {
				return err
			}
			out = append(out, what)
		}
	}
	if len(out) > 0 {
		return fmt.Errorf("%w: %s; look again and decide anew", ErrStale, strings.Join(out, "; "))
	}
	return nil
}

// since tells what happened to a code after a version.
func (o *operation) since(row CodeRow, seen int64) (string, error) {
	changes, err := o.base.ChangesOf(o.ctx, row.Code)
	if err != nil {
		return "", err
	}
	if seen > row.Version {
		return fmt.Sprintf("code %s has no version %d yet, it is at %d", row.Code, seen, row.Version), nil
	}
	var steps []string
	for _, c := range changes {
		if c.Version > seen {
			step := fmt.Sprintf("%d %s by operation %d", c.Version, c.Kind, c.Operation)
			if len(c.Fields) > 0 {
				step += " (" + strings.Join(c.Fields, ", ") + ")"
			}
			steps = append(steps, step)
		}
	}
	const most = 5
	if more := len(steps) - most; more > 0 {
		steps = append([]string{fmt.Sprintf("%d more", more)}, steps[more:]...)
	}
	return fmt.Sprintf("code %s is %s and at version %d, not %d: %s", row.Code, row.State, row.Version, seen, strings.Join(steps, ", ")), nil
}
