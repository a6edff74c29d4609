package chaos

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// What stewards and administrators do, beside decisions.
const (
	split   = "split"   // a record is taken out of a customer
	unmerge = "unmerge" // a retired code is to come back
	pin     = "pin"     // a telephone number of its own is pinned, and taken back
	erase   = "erase"   // a customer who has one record, in the vault, is forgotten
	backup  = "backup"  // the hub is written down, and restored into a scratch database
	replan  = "plan"    // a new model is planned and, if that succeeds, applied
	apply   = "apply"
)

// vault is the source of customers who are nobody else's, and may be erased.
const vault = "vault"

// steward makes an operation of a person; some are sent twice.
func (p *plan) steward(op *Op) error {
	if before := p.persons[op.Kind]; len(before) > 0 && !p.once && p.random.IntN(5) == 0 {
		again := before[p.random.IntN(len(before))]
		op.Args, op.Request, op.Pins, op.Unpins, op.Erases, op.about = again.Args, again.Request, again.Pins, again.Unpins, again.Erases, again.about
		return nil
	}
	op.Request = fmt.Sprintf("chaos-%d", op.ID)
	switch op.Kind {
	case split:
		op.about = &binding{choice: joined, number: p.random.IntN(1000)}
		op.Args = []string{"split", "CODE", "--records", "RECORD"}
	case unmerge:
		op.about = &binding{choice: successor, number: p.random.IntN(1000)}
		op.Args = []string{"unmerge", "CODE"}
	case pin:
		p.pin(op)
	case erase:
		return p.erase(op)
	}
	op.Args = append(op.Args, "--request", op.Request, "--reason", "chaos", "--output", "json")
	p.persons[op.Kind] = append(p.persons[op.Kind], op)
	return nil
}

// pin pins a number that nothing else has, or takes one back.
func (p *plan) pin(op *Op) {
	if n := len(p.pinned); n > 0 && !p.once && p.random.IntN(3) == 0 {
		of := p.pinned[p.random.IntN(n)]
		op.Unpins, op.about = of.Pins, of.about
		op.Args = []string{"unpin", "CODE", "phone", op.Unpins}
		return
	}
	op.Pins = fmt.Sprintf("+7999%07d", op.ID)
	op.about = &binding{choice: codeOf, ref: p.known[p.random.IntN(len(p.known))]}
	op.Args = []string{"pin", "CODE", "phone", op.Pins}
	p.pinned = append(p.pinned, op)
}

// erase forgets one of the vault's customers, each in one operation, which may be sent twice.
func (p *plan) erase(op *Op) error {
	if p.gone >= p.stored {
		op.Kind, op.Request = load, ""
		return p.store(op, 4)
	}
	p.gone++
	op.Erases = vault + "/" + strconv.Itoa(p.gone)
	op.about = &binding{choice: onlyCode, ref: op.Erases}
	op.Args = []string{"erase", "CODE", "--reason", op.Request, "--output", "json"}
	if p.random.IntN(4) > 0 {
		op.Args = append(op.Args, "--leave-vacuum")
	}
	p.persons[erase] = append(p.persons[erase], op)
	return nil
}

// store loads some new customers of the vault, and some of before, who may be erased already.
func (p *plan) store(op *Op, fresh int) error {
	var chosen []int
	for range fresh {
		p.stored++
		chosen = append(chosen, p.stored)
	}
	for range 6 {
		chosen = append(chosen, 1+p.random.IntN(p.stored))
	}
	if err := p.deliver(op, vault, chosen); err != nil {
		return err
	}
	p.sent = append(p.sent, op)
	return nil
}

// stranger describes a customer of the vault, who has nothing in common with others.
func stranger(key int, token string) []string {
	letters := []rune("абвгдежзик")
	name := []rune{}
	for n := key * 7919; n > 0; n /= 10 {
		name = append(name, letters[n%10])
	}
	return []string{strconv.Itoa(key), fmt.Sprintf("Хран%s %s%s", string(name), names[key%len(names)], string(name)), fmt.Sprintf("+7950%07d", 7919*key%10_000_000), token,
		fmt.Sprintf("%d-%02d-%02d", 1930+key%70, 1+key*5%12, 1+key*11%28)}
}

// administer writes a backup or a plan.
func (p *plan) administer(op *Op) {
	if op.Kind == backup {
		op.Dir = filepath.Join(p.dir, fmt.Sprintf("backup-%d", op.ID))
		op.Args = []string{"backup", op.Dir}
		return
	}
	op.Plan = filepath.Join(p.dir, fmt.Sprintf("plan-%d.json", op.ID))
	op.Args = []string{"plan", "--train", "--out", op.Plan}
}

// applied makes the operations that carry a plan out, the first with an order; one that was cut off
// must be given again, until it is through.
func (p *plan) applied(of *Op, first bool) *Op {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.serial++
	op := &Op{ID: p.serial, Kind: apply, Args: []string{"apply", of.Plan, "--brake", "100", "--drift", "10000"}}
	if first && !of.calm {
		op.Order = p.faults.orderOf(p.random, apply)
	}
	return op
}

// applyTries is how often a plan that is cut off is given again.
const applyTries = 20

// carryOut applies a plan. Others may find the hub closed, or with another ruleset, meanwhile.
func (t *trial) carryOut(of *Op) {
	end := t.closed.begin()
	defer end()
	for n := range applyTries {
		op := t.plan.applied(of, n == 0)
		if t.perform(op) || op.refused {
			return
		}
		if t.ctx.Err() != nil || t.over() {
			return
		}
	}
	t.violation(apply, fmt.Sprintf("%s does not get through in %d attempts", filepath.Base(of.Plan), applyTries))
}

// checkBackup looks at a backup: it has its name when it is whole, and then only.
func (t *trial) checkBackup(op *Op, written bool) {
	if op.Dir == "" {
		return
	}
	_, err := os.Stat(op.Dir)
	there := err == nil
	_, err = os.Stat(filepath.Join(op.Dir, "manifest.json"))
	switch whole := err == nil; {
	case written && !whole:
		t.violation("backup", fmt.Sprintf("that of operation %d was acknowledged and is not whole", op.ID))
	case there && !whole:
		t.violation("backup", fmt.Sprintf("that of operation %d has its name and is not whole", op.ID))
	}
	t.must(errors.Join(os.RemoveAll(op.Dir), os.RemoveAll(op.Dir+".part")))
}

// vault makes the first load of the vault.
func (p *plan) vault() (*Op, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.serial++
	op := &Op{ID: p.serial, Kind: load, calm: true}
	return op, p.store(op, 16)
}
