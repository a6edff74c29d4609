package resolve_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"kartoteka/customer"
	"kartoteka/resolve"
	"kartoteka/store"
	"kartoteka/store/storetest"
)

// crowd is stewards who merge, part and decide about the same customers at once, each order sent by two
// processes at the same time, as after a reply that was lost.
type crowd struct {
	processes []*process
	mu        sync.Mutex
	merges    []int64 // operations
	done      int
}

// Sixteen clients of two processes land records, merge, undo merges and decide at once. No record is of a
// retired code, no change is lost or out of order, each request is carried out once, and who is who is what
// one bulk run over the records and decisions that are left makes of them.
func TestStewardsAndClientsAtOnce(t *testing.T) {
	const clients, keys = 6, 3
	orders := 4
	if os.Getenv("KARTOTEKA_SLOW") != "" {
		orders = 800 // of each of six stewards, twice
	}
	w := newWorld()
	url := storetest.New(t, migrate)
	c := &crowd{processes: []*process{openProcess(t, url, w), openProcess(t, url, w)}}
	var once sync.Once
	rapid.Check(t, func(rt *rapid.T) {
		once.Do(func() { // one history is enough: it lasts some seconds
			first, contents := map[customer.Ref][]*customer.Standard{}, map[customer.Ref][]*customer.Standard{}
			for i := range clients {
				for k := range keys {
					ref := customer.Ref{Source: customer.Source(fmt.Sprintf("s%d", i)), Key: fmt.Sprint(k)}
					first[ref] = []*customer.Standard{w.record(rt)}
					for range 2 {
						contents[ref] = append(contents[ref], w.record(rt))
					}
				}
			}
			for i := range clients { // an order about records that nobody knows yet is refused
				if err := c.processes[0].client(fmt.Sprintf("s%d", i), first, uint64(i)); err != nil {
					t.Fatal(err)
				}
			}
			var group errgroup.Group
			for i := range clients {
				group.Go(func() error { return c.processes[i%2].client(fmt.Sprintf("s%d", i), contents, uint64(i)) })
				group.Go(func() error { return c.steward(uint64(i), orders, clients, keys) })
			}
			over, read := make(chan struct{}), make(chan []customer.Change)
			go func() { read <- follow(t, c.processes[0].Store, over) }()
			err := group.Wait()
			close(over)
			log := <-read
			if err != nil {
				t.Error(err)
				return
			}
			checkLog(t, c.processes[1].Store, log)
			c.check(t, rt)
		})
	})
}

func (c *crowd) check(t *testing.T, rt *rapid.T) {
	if c.done == 0 {
		t.Error("every order was refused")
	}
	pg, rules := inStore{Store: c.processes[0].Store}, c.processes[0].rules
	for pg.turn(rt, rules, 100) > 0 {
	}
	pg.maintain(rt, rules)
	pg.verify(rt, rules)
	live := pg.live(rt)
	want := bulk(rt, rules, live, pg.decisions(rt))
	if diff := cmp.Diff(picture(rt, want.live(rt), want.documents(rt)), picture(rt, live, pg.documents(rt))); diff != "" {
		t.Errorf("not as one bulk run:\n%s", diff)
	}
}

// steward gives orders; what others did before may make them impossible.
func (c *crowd) steward(seed uint64, orders, clients, keys int) error {
	dice := rand.New(rand.NewPCG(2, seed))
	who := func() resolve.Who {
		return resolve.Who{Ref: customer.Ref{Source: customer.Source(fmt.Sprintf("s%d", dice.IntN(clients))), Key: fmt.Sprint(dice.IntN(keys))}}
	}
	for n := range orders {
		var a resolve.Action = resolve.Merge{Customers: []resolve.Who{who(), who()}}
		switch dice.IntN(6) {
		case 0, 1:
			a = c.undo(dice, a)
		case 2:
			a = resolve.Judge{Decision: customer.Different, Sides: []resolve.Who{who(), who()}}
		case 3:
			a = resolve.Judge{Decision: customer.Same, Sides: []resolve.Who{who(), who()}}
		}
		if err := c.twice(resolve.Order{Action: a, Actor: "crowd", Request: fmt.Sprintf("%d/%d", seed, n), Now: noon}); err != nil {
			return err
		}
	}
	return nil
}

// undo undoes any merge; before there is one, it merges.
func (c *crowd) undo(dice *rand.Rand, merge resolve.Action) resolve.Action {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.merges) == 0 {
		return merge
	}
	return resolve.Unmerge{Operation: c.merges[dice.IntN(len(c.merges))]}
}

// twice sends an order through both processes at once.
func (c *crowd) twice(o resolve.Order) error {
	var done [2]*resolve.Done
	var group errgroup.Group
	for i, p := range c.processes {
		group.Go(func() error {
			err := p.InLane(ctx, func(tx *store.Tx) (err error) {
				done[i], err = resolve.Operate(ctx, p.rules, tx, o)
				return err
			})
			if err != nil {
				done[i] = nil
			}
			if refused(err) {
				return nil
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if done[0] != nil && done[1] != nil && (done[0].Operation != done[1].Operation || done[0].Repeated == done[1].Repeated) {
		return fmt.Errorf("request %s was carried out as operations %d and %d (repeated %v, %v)", o.Request, done[0].Operation, done[1].Operation, done[0].Repeated, done[1].Repeated)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, d := range done {
		if _, merges := o.Action.(resolve.Merge); d != nil && !d.Repeated {
			if c.done++; merges {
				c.merges = append(c.merges, d.Operation)
			}
		}
	}
	return nil
}
