package chaos

import (
	"context"
	"errors"
	"sync"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// binding names what an operation is about: codes are known only when it is carried out. Operations
// that are sent twice share it, so that both say the same.
type binding struct {
	choice string // of [choices]
	ref    string // SOURCE/KEY, where the choice asks for it
	number int    // which of those that fit

	mu    sync.Mutex
	words []string // what was found: a code, and what goes with it
}

// The choices.
const (
	codeOf    = "code of a record"
	onlyCode  = "code that has this record only"
	joined    = "code with several records, and one of them"
	successor = "retired code with a successor"
)

// choices find what fits, in an order that is the same for everybody.
var choices = map[string]string{
	codeOf: `SELECT r.code, '' FROM record r JOIN source s ON s.id = r.source
		WHERE s.name || '/' || r.key = $1 AND r.state = 'live' AND r.code IS NOT NULL ORDER BY r.incarnation DESC`,
	onlyCode: `SELECT r.code, '' FROM record r JOIN source s ON s.id = r.source
		WHERE s.name || '/' || r.key = $1 AND r.state = 'live' AND (SELECT count(*) FROM record o WHERE o.code = r.code AND o.state = 'live') = 1`,
	joined: `SELECT r.code, min(s.name || '/' || r.key) FROM record r JOIN source s ON s.id = r.source
		WHERE $1 = '' AND r.state = 'live' AND r.code IS NOT NULL GROUP BY r.code HAVING count(*) > 1 ORDER BY r.code`,
	successor: `SELECT code, '' FROM golden WHERE $1 = '' AND state = 'retired' AND successor IS NOT NULL ORDER BY code`,
}

// errNothingFits says that there is nobody to carry an operation out on.
var errNothingFits = errors.New("nothing fits")

// find finds the words once.
func (b *binding) find(ctx context.Context, conn *pgx.Conn) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.words != nil {
		return nil
	}
	rows, err := conn.Query(ctx, choices[b.choice], b.ref)
	if err != nil {
		return err
	}
	var all [][]string
	var code customer.Code
	var more string
	if _, err := pgx.ForEachRow(rows, []any{&code, &more}, func() error {
		all = append(all, []string{code.String(), more})
		return nil
	}); err != nil {
		return err
	}
	if len(all) == 0 {
		return errNothingFits
	}
	b.words = all[b.number%len(all)]
	return nil
}

// bound reports whether an operation knows whom it is about; without the database, or if there is
// nobody, it is left out.
func (t *trial) bound(op *Op) bool {
	op.Said = op.Args
	if op.about == nil {
		return true
	}
	if t.query(op.about.find) != nil {
		return false
	}
	args := make([]string, 0, len(op.Args))
	for _, a := range op.Args {
		switch a {
		case "CODE":
			a = op.about.words[0]
		case "RECORD":
			a = op.about.words[1]
		}
		args = append(args, a)
	}
	op.Said = args
	return true
}
