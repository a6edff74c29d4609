package resolve_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"kartoteka/config"
	"kartoteka/customer"
	"kartoteka/golden"
	"kartoteka/matching"
	"kartoteka/resolve"
	"kartoteka/store"
	"kartoteka/store/storetest"
)

// calmRules have limits that do not bite: a closed key is one of the few ways in which what is far away matters.
func calmRules(t interface{ Fatal(...any) }) *resolve.Rules {
	settings := matching.DefaultSettings()
	settings.Expect = 10_000
	p := config.Default().Portrait
	matcher, err := matching.Compile(p, settings, matching.Shipped(), "test")
	if err != nil {
		t.Fatal(err)
	}
	return &resolve.Rules{Portrait: p, Matcher: matcher, Settings: settings, Golden: golden.Rules{}, Workers: 1, Epoch: 1}
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clerk gives orders to a carrier.
type clerk struct {
	rules *resolve.Rules
	do    func(func(resolve.Desk) error) error
	look  func(func(resolve.Desk) error) error // without the lane
}

// order gives an order and has it tried before, while the lane is held: a trial tells what comes and waits for nobody.
func (c *clerk) order(o resolve.Order) (done *resolve.Done, err error) {
	if o.Now.IsZero() {
		o.Now = noon
	}
	var tried *resolve.Done
	var trial error
	err = c.do(func(d resolve.Desk) (err error) {
		trial = c.look(func(d resolve.Desk) (err error) {
			tried, err = resolve.Trial(ctx, c.rules, d, o)
			return err
		})
		done, err = resolve.Operate(ctx, c.rules, d, o)
		return err
	})
	if fmt.Sprint(trial) != fmt.Sprint(err) {
		return done, fmt.Errorf("the trial said %q, the operation %w", fmt.Sprint(trial), err)
	}
	if diff := cmp.Diff(tried, done, cmpopts.EquateEmpty()); diff != "" {
		return done, fmt.Errorf("the trial told something else than what was done:\n%s", diff)
	}
	return done, err
}

func (c *clerk) act(a resolve.Action) (*resolve.Done, error) {
	return c.order(resolve.Order{Action: a, Actor: "test"})
}

func (m inMemory) clerk(rules *resolve.Rules) *clerk {
	do := func(f func(resolve.Desk) error) error { return f(m.Memory) }
	return &clerk{rules, do, do}
}

func (s inStore) clerk(rules *resolve.Rules) *clerk {
	return &clerk{rules, func(f func(resolve.Desk) error) error {
		return s.InLane(ctx, func(tx *store.Tx) error { return f(tx) })
	}, func(f func(resolve.Desk) error) error {
		return s.Snapshot(ctx, func(tx *store.Tx) error { return f(tx) })
	}}
}

// desked is a carrier with a clerk.
type desked interface {
	carrier
	clerk(*resolve.Rules) *clerk
}

// refused reports whether an order was refused for a reason that a person understands.
func refused(err error) bool {
	return slices.ContainsFunc([]error{resolve.ErrUndecidable, resolve.ErrNothing, resolve.ErrContradiction, resolve.ErrStale, customer.ErrUnknown},
		func(e error) bool { return errors.Is(err, e) })
}

// said is a record with a consent or refusal of its own.
func (w *world) said(t *rapid.T) *customer.Standard {
	s := w.record(t)
	if statement := rapid.SampledFrom([]string{"", "", "yes", "no"}).Draw(t, "marketing"); statement != "" {
		s.Consents = []customer.Consent{{Purpose: "marketing", Channel: "sms", Given: statement == "yes", At: noon.AddDate(0, -1, 0)}}
	}
	s.Products = []customer.Product{{Kind: "loan", Number: fmt.Sprint(rapid.IntRange(1, 1000).Draw(t, "loan"))}}
	return s
}

// unmerging plays one history on one carrier.
type unmerging struct {
	*rapid.T
	w    *world
	c    desked
	desk *clerk
	refs []customer.Ref
	// news are records that came in between and may be of the same customers: who they belong with, and
	// whom they draw away, is for the machine to say, so that only what the decisions say can be asked
	// for. Records of people who have nothing to do with them are no news.
	news bool
}

func (u *unmerging) settle() {
	for u.c.turn(u.T, u.desk.rules, 5) > 0 {
	}
}

func (u *unmerging) codes() map[customer.Ref]customer.Code {
	out := map[customer.Ref]customer.Code{}
	for _, rec := range u.c.live(u.T) {
		out[rec.Ref] = rec.Code
	}
	return out
}

// golden gives the golden record of a code without what an exact inverse cannot restore: numbers.
func (u *unmerging) golden(code customer.Code) customer.Document {
	var d customer.Document
	if text := u.c.documents(u.T)[code]; text != nil {
		if err := json.Unmarshal(text, &d); err != nil {
			u.Fatal(err)
		}
	}
	d.Version, d.Epoch = 0, 0
	return d
}

func (u *unmerging) of(code customer.Code, codes map[customer.Ref]customer.Code) (out []customer.Ref) {
	for ref, c := range codes {
		if c == code {
			out = append(out, ref)
		}
	}
	slices.SortFunc(out, func(x, y customer.Ref) int { return slices.Compare([]string{x.Key}, []string{y.Key}) })
	return out
}

// something does anything that may happen between a merge and its undoing; it marks the codes that it was about.
func (u *unmerging) something(touched map[customer.Code]bool) {
	codes := u.codes()
	active := func(label string) customer.Code {
		var list []customer.Code
		for _, c := range codes {
			list = append(list, c)
		}
		slices.Sort(list)
		code := rapid.SampledFrom(slices.Compact(list)).Draw(u.T, label)
		touched[code] = true
		return code
	}
	try := func(a resolve.Action) {
		done, err := u.desk.act(a)
		if err != nil && !refused(err) {
			u.Fatal(err)
		}
		if done != nil {
			for _, x := range done.Codes {
				touched[x.Code] = true
			}
		}
	}
	switch rapid.SampledFrom([]string{"land", "land", "elsewhere", "elsewhere", "elsewhere", "pin", "grant", "merge", "confirm", "keep", "reload"}).Draw(u.T, "meanwhile") {
	case "land":
		if !u.news {
			return
		}
		ref := customer.Ref{Source: "s", Key: fmt.Sprintf("late %d", rapid.IntRange(1, 6).Draw(u.T, "late"))}
		u.c.land(u.T, ref, customer.Upsert, u.w.said(u.T))
		u.settle()
		touched[u.codes()[ref]] = true
	case "elsewhere":
		ref := customer.Ref{Source: "s", Key: fmt.Sprintf("far %d", rapid.IntRange(1, 6).Draw(u.T, "far"))}
		u.c.land(u.T, ref, customer.Upsert, u.w.recordOf(u.T, farPools))
		u.settle()
	case "reload":
		u.settle()
	case "pin":
		try(resolve.PinValue{Code: active("pinned"), Attribute: "email", Value: customer.Value{Verdict: customer.Valid, Standard: "pin@example.ru", Raw: "pin@example.ru"}})
	case "grant":
		try(resolve.Grant{Customer: resolve.Who{Code: active("granted")}, Consent: customer.Consent{Purpose: "marketing", Channel: "sms"}})
	case "confirm":
		try(resolve.Confirm{Code: active("confirmed")})
	case "keep":
		try(resolve.Keep{Code: active("kept")})
	case "merge":
		try(resolve.Merge{Customers: []resolve.Who{{Code: active("one")}, {Code: active("other")}}})
	}
}

// play merges two customers, lets things happen, and undoes the merge (I9).
func (u *unmerging) play() {
	for _, ref := range u.refs[:rapid.IntRange(3, len(u.refs)).Draw(u.T, "records")] {
		u.c.land(u.T, ref, customer.Upsert, u.w.said(u.T))
	}
	u.settle()
	codes := u.codes()
	var list []customer.Code
	for _, c := range codes {
		list = append(list, c)
	}
	slices.Sort(list)
	if list = slices.Compact(list); len(list) < 2 {
		return
	}
	pair := rapid.Permutation(list).Draw(u.T, "pair")[:2]
	if rapid.Bool().Draw(u.T, "pinned before") {
		if _, err := u.desk.act(resolve.PinValue{Code: pair[1], Attribute: "email", Value: customer.Value{Verdict: customer.Valid, Standard: "own@example.ru", Raw: "own@example.ru"}}); err != nil {
			u.Fatal(err)
		}
	}
	sets := map[customer.Code][]customer.Ref{pair[0]: u.of(pair[0], codes), pair[1]: u.of(pair[1], codes)}
	before := map[customer.Code]customer.Document{pair[0]: u.golden(pair[0]), pair[1]: u.golden(pair[1])}
	order := resolve.Merge{Customers: []resolve.Who{{Code: pair[0]}, {Code: pair[1]}}}
	if rapid.Bool().Draw(u.T, "keep") {
		order.Keep = pair[rapid.IntRange(0, 1).Draw(u.T, "kept")]
	}
	merged, err := u.desk.act(order)
	if err != nil {
		u.Fatal(err)
	}
	touched := map[customer.Code]bool{}
	u.news = rapid.Bool().Draw(u.T, "news")
	for range rapid.IntRange(0, 5).Draw(u.T, "meanwhile") {
		u.something(touched)
	}
	survivor, retired := pair[0], pair[1]
	for _, c := range merged.Codes {
		// Whom the joint evidence drew in is told of by nobody, and stays with one of the two if the evidence says
		// so now that they are different: TestUnmergeKeepsWhatCameSince has it.
		u.news = u.news || c.Code != pair[0] && c.Code != pair[1]
		if c.Successor == pair[1] {
			survivor, retired = pair[1], pair[0]
		}
	}
	undo := resolve.Unmerge{Operation: merged.Operation}
	if rapid.Bool().Draw(u.T, "by code") {
		if row := u.row(retired); row.State == customer.CodeRetired && row.Successor == survivor {
			undo = resolve.Unmerge{Code: retired}
		}
	}
	if _, err := u.desk.act(undo); err != nil {
		u.Fatalf("unmerge: %v", err)
	}
	u.check(sets, before, touched, survivor, retired)
	u.c.verify(u.T, u.desk.rules)
}

func (u *unmerging) row(code customer.Code) (row resolve.CodeRow) {
	err := u.desk.do(func(d resolve.Desk) error {
		rows, err := d.Codes(ctx, []customer.Code{code})
		for _, r := range rows {
			if r.Code == code {
				row = r
			}
		}
		return err
	})
	if err != nil {
		u.Fatal(err)
	}
	return row
}

func (u *unmerging) check(sets map[customer.Code][]customer.Ref, before map[customer.Code]customer.Document, touched map[customer.Code]bool, survivor, retired customer.Code) {
	codes := u.codes()
	for _, x := range sets[survivor] {
		for _, y := range sets[retired] {
			if codes[x] == codes[y] {
				u.Fatalf("%v and %v still share %s", x, y, codes[x])
			}
		}
	}
	if u.news {
		return
	}
	for code, refs := range sets {
		for _, ref := range refs {
			now := u.row(code)
			if codes[ref] != code && (code == retired || now.State == customer.CodeActive) {
				u.Fatalf("%v is of %s, not of %s (%s, before the merge %v)", ref, codes[ref], code, now.State, refs)
			}
		}
	}
	for code, old := range before {
		if touched[code] || touched[survivor] {
			continue // what came since stays
		}
		if diff := cmp.Diff(old, u.golden(code)); diff != "" {
			u.Fatalf("code %s is not as before:\n%s", code, diff)
		}
	}
}

func checks(t *testing.T, few string) {
	if f := flag.Lookup("rapid.checks"); f != nil && f.Value.String() == f.DefValue {
		n := few
		if os.Getenv("KARTOTEKA_SLOW") != "" {
			n = "1000"
		}
		if err := flag.Set("rapid.checks", n); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = flag.Set("rapid.checks", f.DefValue) })
	}
}

func TestUnmergeIsTheInverseInMemory(t *testing.T) {
	checks(t, "60")
	w, rules := newWorld(), calmRules(t)
	rapid.Check(t, func(t *rapid.T) {
		m := inMemory{resolve.NewMemory()}
		(&unmerging{t, w, m, m.clerk(rules), someRefs(8), false}).play()
	})
}

func TestUnmergeIsTheInverseInPostgreSQL(t *testing.T) {
	checks(t, "25")
	w, rules := newWorld(), calmRules(t)
	s, err := store.Open(ctx, storetest.New(t, migrate), golden.NewPermutation)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Use(w.portrait)
	rapid.Check(t, func(t *rapid.T) {
		pg := cleared(t, s)
		u := &unmerging{t, w, pg, pg.clerk(rules), someRefs(8), false}
		u.play()
		u.recall(pg)
	})
}

// recall holds each version of each code, built again by reference, against the hash of what was published.
func (u *unmerging) recall(pg inStore) {
	b := resolve.NewRebuilder(u.desk.rules)
	pg.tx(u.T, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, `SELECT code, version FROM change`)
		if err != nil {
			return err
		}
		var versions [][2]int64
		for rows.Next() {
			var v [2]int64
			if err := rows.Scan(&v[0], &v[1]); err != nil {
				return err
			}
			versions = append(versions, v)
		}
		for _, v := range versions {
			past, err := tx.Past(ctx, customer.Code(v[0]), v[1])
			if err != nil {
				return err
			}
			got, err := b.Recall(past)
			if err != nil {
				return err
			}
			if !got.Exact {
				u.Errorf("version %d of code %s is not what was published then", v[1], customer.Code(v[0]))
			}
		}
		return rows.Err()
	})
}

func someRefs(n int) []customer.Ref {
	refs := make([]customer.Ref, n)
	for i := range refs {
		refs[i] = customer.Ref{Source: "s", Key: fmt.Sprint(i)}
	}
	return refs
}

// cleared is the database without records.
func cleared(t *rapid.T, s *store.Store) inStore {
	pg := inStore{Store: s}
	if err := s.InTx(ctx, func(tx *store.Tx) (err error) {
		if _, err := tx.Exec(ctx, `TRUNCATE record, body, block, closed, golden, history, change, move, op, decision, decision_record, pin, keeper, task, run, reject, source, consent, relation, product CASCADE`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE hub SET last_position = 0, last_operation = 0, chain_head = '', shut_version = shut_version + 1, reopen_version = shut_version + 1, index_version = index_version + 1`); err != nil {
			return err
		}
		pg.run, err = tx.BeginRun(ctx, "s", true, "")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return pg
}
