package chaos

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// Op is one operation of the workload.
type Op struct {
	ID    int      `json:"id"`
	Kind  string   `json:"kind"`
	Args  []string `json:"-"`               // of the program, with CODE and RECORD for what is not known yet
	Said  []string `json:"args"`            // the same, as they were said
	Order string   `json:"order,omitempty"` // for its failpoints
	// Writes tells what becomes of source records: the tokens of SOURCE/KEY, of which the last one
	// counts; "" is a deletion.
	Writes  map[string][]string `json:"writes,omitempty"`
	Source  string              `json:"source,omitempty"`
	Request string              `json:"request,omitempty"` // its own id: it must happen once at most
	File    string              `json:"file,omitempty"`    // which it writes, whole or not at all
	Dir     string              `json:"dir,omitempty"`     // the same of a backup
	Plan    string              `json:"plan,omitempty"`    // the same of a plan, which is applied then
	Pins    string              `json:"pins,omitempty"`    // a number that nothing else has
	Unpins  string              `json:"unpins,omitempty"`
	Erases  string              `json:"erases,omitempty"` // SOURCE/KEY

	about   *binding
	calm    bool // nothing that follows from it gets an order either
	refused bool
}

// The kinds of operations.
const (
	load     = "load"     // some rows of a source: new ones, changed ones, repeated ones, keys given to others
	late     = "late"     // a file of before once more, behind newer ones
	snapshot = "snapshot" // a whole source: what is not in it is deleted
	decide   = "decide"   // a steward's decision, some of them sent twice
	maintain = "maintain"
	export   = "export"
	verify   = "verify" // while everything goes on
	care     = "care"   // a checkpoint of the audit, a repair of nothing, everything published again
)

// weights say how often each kind of operation comes.
var weights = []struct {
	kind   string
	weight int
}{{load, 50}, {late, 10}, {snapshot, 10}, {decide, 14}, {split, 6}, {unmerge, 6}, {pin, 12}, {erase, 6}, {maintain, 4}, {export, 6}, {verify, 6}, {care, 4}, {backup, 3}, {replan, 3}}

// cares are what an administrator does now and then.
var cares = [][]string{{"audit", "checkpoint"}, {"verify", "--repair"}, {"feed", "replay", "--from", "0"}}

// The sources; people of one population are in all of them.
var sources = []string{"crm", "billing", "shop"}

const (
	keys         = 120 // of each source
	snapshotKeys = 40  // of the source that comes as snapshots
	people       = 150
)

// plan makes operations; all that it decides follows from the seed.
type plan struct {
	dir    string // for files
	mu     sync.Mutex
	random *rand.Rand
	faults *chances
	serial int
	tokens int
	sent   []*Op // loads
	known  []string
	asked  []*Op // decisions

	persons map[string][]*Op // operations of stewards, by kind
	pinned  []*Op
	stored  int  // customers of the vault
	gone    int  // of them erased
	once    bool // nothing is sent twice
}

func newPlan(seed uint64, dir string, f *chances) *plan {
	return &plan{dir: dir, persons: map[string][]*Op{}, random: rand.New(rand.NewPCG(seed, 1)), faults: f}
}

// next makes the next operation, with its file.
func (p *plan) next() (*Op, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.make(p.kind())
}

// first makes the load into the empty hub, and that of the file that kartoteka serve loads again and again.
func (p *plan) first(dropped string) (first, drop *Op, err error) {
	first, drop = &Op{Kind: load}, &Op{Kind: load}
	var chosen []int
	for key := 1; key <= keys; key++ {
		chosen = append(chosen, key)
	}
	err = errors.Join(p.deliver(first, sources[0], chosen), p.deliver(drop, "drop", chosen[:5]))
	if err == nil {
		err = os.Rename(drop.Args[1], dropped)
	}
	drop.Args = []string{"run", "drop"}
	return first, drop, err
}

// again is an operation once more, under a number of its own.
func (p *plan) again(op *Op, order string) *Op {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.serial++
	copied := *op
	copied.ID, copied.Order = p.serial, order
	return &copied
}

// each makes an operation of every kind, without orders.
func (p *plan) each() (all []*Op, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.once = true
	for _, w := range weights {
		op, err := p.make(w.kind)
		if err != nil {
			return nil, err
		}
		op.Order, op.calm = "", true
		all = append(all, op)
	}
	for _, args := range cares {
		p.serial++
		all = append(all, &Op{ID: p.serial, Kind: care, Args: args})
	}
	return all, nil
}

func (p *plan) kind() string {
	all := 0
	for _, w := range weights {
		all += w.weight
	}
	n := p.random.IntN(all)
	for _, w := range weights {
		if n -= w.weight; n < 0 {
			return w.kind
		}
	}
	return load
}

func (p *plan) make(kind string) (*Op, error) {
	p.serial++
	op := &Op{ID: p.serial, Kind: kind, Order: p.faults.orderOf(p.random, kind)}
	switch {
	case kind == late && len(p.sent) > 0:
		before := p.sent[p.random.IntN(len(p.sent))]
		op.Args, op.Writes, op.Source = before.Args, before.Writes, before.Source
	case kind == decide && len(p.known) > 1:
		p.decision(op)
	case kind == split || kind == unmerge || kind == pin || kind == erase:
		return op, p.steward(op)
	case kind == backup || kind == replan:
		p.administer(op)
	case kind == snapshot:
		return op, p.snapshot(op)
	case kind == maintain:
		op.Args = []string{"maintain"}
	case kind == export:
		op.File = filepath.Join(p.dir, fmt.Sprintf("export-%d.csv", op.ID))
		op.Args = []string{"export", "crosswalk", "--out", op.File}
	case kind == verify:
		op.Args = []string{"verify", "--sample", "20", "--output", "json"}
	case kind == care:
		op.Args = cares[p.random.IntN(len(cares))]
	default:
		op.Kind = load
		return op, p.rows(op)
	}
	return op, nil
}

// rows writes up to forty rows of a source.
func (p *plan) rows(op *Op) error {
	if p.random.IntN(6) == 0 {
		return p.store(op, 4)
	}
	source := sources[p.random.IntN(len(sources))]
	var chosen []int
	for range 1 + p.random.IntN(40) {
		chosen = append(chosen, 1+p.random.IntN(keys)) // the same key may come twice
	}
	for i := range 3 { // some keys come once only: no later load hides that they were lost
		chosen = append(chosen, 1000*op.ID+i)
	}
	if err := p.deliver(op, source, chosen); err != nil {
		return err
	}
	p.sent = append(p.sent, op)
	return nil
}

// snapshot writes most rows of a source; no more than the brake allows are gone.
func (p *plan) snapshot(op *Op) error {
	var chosen []int
	for key := 1; key <= snapshotKeys; key++ {
		if p.random.IntN(12) > 0 {
			chosen = append(chosen, key)
		}
	}
	if err := p.deliver(op, "bank", chosen); err != nil {
		return err
	}
	for key := 1; key <= snapshotKeys; key++ {
		if ref := "bank/" + strconv.Itoa(key); op.Writes[ref] == nil {
			op.Writes[ref] = []string{""}
		}
	}
	op.Args = append(op.Args, "--full")
	return nil
}

// deliver writes a file and says what it writes; of rows with one key the last one counts.
func (p *plan) deliver(op *Op, source string, chosen []int) error {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	table := [][]string{{"id", "ФИО", "телефон", "email", "дата рождения"}}
	op.Writes, op.Source = map[string][]string{}, source
	for _, key := range chosen {
		row, token := p.row(source, key)
		table = append(table, row)
		ref := source + "/" + strconv.Itoa(key)
		op.Writes[ref] = append(op.Writes[ref], token)
		if source != vault {
			p.known = append(p.known, ref)
		}
	}
	path := filepath.Join(p.dir, fmt.Sprintf("%s-%d.csv", source, op.ID))
	op.Args = []string{"load", path, "--source", source, "--key", "id", "--output", "json"}
	return errors.Join(w.WriteAll(table), os.WriteFile(path, text.Bytes(), 0o600))
}

// row describes a person; each row has an e-mail address of its own, its token.
func (p *plan) row(source string, key int) (row []string, token string) {
	who := (key*7 + len(source)*13) % people
	if p.random.IntN(20) == 0 { // the key is given to somebody else
		who = p.random.IntN(people)
	}
	p.tokens++
	token = fmt.Sprintf("t%d@chaos.example", p.tokens)
	if source == vault {
		return stranger(key, token), token
	}
	of := func(list []string, by int) string { return list[who/by%len(list)] }
	name := strings.Join([]string{of(surnames, 1), of(names, 3), of(patronymics, 5)}, " ")
	if p.random.IntN(4) == 0 {
		name = strings.Join([]string{of(names, 3), of(surnames, 1)}, " ")
	}
	phone := fmt.Sprintf("+7916%07d", 1000003*(who+1)%10_000_000)
	born := fmt.Sprintf("%d-%02d-%02d", 1950+who%50, 1+who%12, 1+who%28)
	return []string{strconv.Itoa(key), name, phone, token, born}, token
}

var (
	surnames    = strings.Fields("Иванов Петров Сидоров Кузнецов Соколов Лебедев Козлов Новиков Морозов Волков Зайцев Павлов Голубев")
	names       = strings.Fields("Иван Пётр Сергей Алексей Дмитрий Михаил Андрей Николай Олег Юрий Виктор")
	patronymics = strings.Fields("Иванович Петрович Сергеевич Алексеевич Дмитриевич Михайлович Андреевич")
)

// decision decides about two known records, or sends a decision of before once more.
func (p *plan) decision(op *Op) {
	if len(p.asked) > 0 && p.random.IntN(4) == 0 {
		before := p.asked[p.random.IntN(len(p.asked))]
		op.Args, op.Request = before.Args, before.Request
		return
	}
	op.Request = fmt.Sprintf("chaos-%d", op.ID)
	what := [][]string{{"decide", "same"}, {"decide", "different"}, {"merge"}}[p.random.IntN(3)]
	one, other := p.known[p.random.IntN(len(p.known))], p.known[p.random.IntN(len(p.known))]
	op.Args = append(what, one, other, "--request", op.Request, "--reason", "chaos", "--output", "json")
	p.asked = append(p.asked, op)
}
