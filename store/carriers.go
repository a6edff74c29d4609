package store

import (
	"context"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"

	"kartoteka/customer"
)

// carriers keeps which nodes carry a key, as workers find it out outside the lane, and follows
// what the turns of this process change, so that a turn need not look into the index again. The
// hub's index_version tells whether somebody else changed the index: then all is forgotten.
type carriers struct {
	mu          sync.Mutex
	version     int64 // of the index that is kept; -1: none
	young, aged map[uint64]carrying
	turns       []indexed // the last ones, whose versions lead to version without a gap
}

// carrying is all nodes of a key; more than limit are not kept.
type carrying struct {
	limit int
	nodes []customer.Carrier
}

// indexed is what a transaction changed in the index, in its order.
type indexed struct {
	version int64
	entries []indexEntry
}

type indexEntry struct {
	key   uint64
	node  customer.Carrier
	added bool // else removed
}

const (
	keptKeys  = 1 << 18 // in each of two generations, some 80 bytes each
	keptTurns = 64
)

// forget begins anew at a version.
func (c *carriers) forget(version int64) {
	c.version, c.young, c.aged, c.turns = version, map[uint64]carrying{}, nil, nil
}

// get returns what is kept of a key.
func (c *carriers) get(key uint64) (carrying, bool) {
	if x, is := c.young[key]; is {
		return x, true
	}
	x, is := c.aged[key]
	if is {
		c.put(key, x)
	}
	return x, is
}

func (c *carriers) put(key uint64, x carrying) {
	if len(c.young) >= keptKeys {
		c.young, c.aged = map[uint64]carrying{}, c.young
	}
	c.young[key] = x
}

// learn keeps what was read when the index had a version at least, unless turns since then are not known.
func (c *carriers) learn(version int64, limit int, found map[uint64][]customer.Carrier, asked []uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if version > c.version {
		c.forget(version)
	}
	var since []indexed
	if version < c.version {
		at := slices.IndexFunc(c.turns, func(t indexed) bool { return t.version == version+1 })
		if at < 0 {
			return
		}
		since = c.turns[at:]
	}
	for _, key := range asked {
		if nodes := found[key]; len(nodes) < limit {
			c.put(key, carrying{limit, nodes})
		} else {
			delete(c.young, key)
			delete(c.aged, key)
		}
	}
	for _, t := range since {
		c.apply(t.entries, func(key uint64) bool { _, is := slices.BinarySearch(asked, key); return is })
	}
}

// apply changes what is kept as a turn changed the index; doing so twice does no harm.
func (c *carriers) apply(entries []indexEntry, concerns func(key uint64) bool) {
	for _, e := range entries {
		if !concerns(e.key) {
			continue
		}
		x, is := c.get(e.key)
		if !is {
			continue
		}
		if x = x.with(e); len(x.nodes) < x.limit {
			c.put(e.key, x)
			continue
		}
		delete(c.young, e.key)
		delete(c.aged, e.key)
	}
}

// with leaves the old list as it is: others may read it.
func (x carrying) with(e indexEntry) carrying {
	at := slices.IndexFunc(x.nodes, func(c customer.Carrier) bool { return c.Node == e.node.Node })
	switch {
	case e.added && at < 0:
		x.nodes = append(x.nodes[:len(x.nodes):len(x.nodes)], e.node)
	case !e.added && at >= 0:
		x.nodes = slices.Delete(slices.Clone(x.nodes), at, at+1)
	}
	return x
}

// committed follows a transaction that changed the index; without entries it changed everything.
func (c *carriers) committed(t indexed) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case t.version <= c.version: // what is kept was read afterwards
	case t.version > c.version+1 || t.entries == nil:
		c.forget(t.version)
	default:
		c.apply(t.entries, func(uint64) bool { return true })
		c.version = t.version
		c.turns = append(c.turns, t)
		c.turns = c.turns[max(0, len(c.turns)-keptTurns):]
	}
}

// keptCarriers returns what is kept of the keys, and the keys of which nothing is. In the lane it
// is exact: what this transaction changed is in it.
func (tx *Tx) keptCarriers(keys []uint64, limit int) (found map[uint64][]customer.Carrier, missing []uint64) {
	found = make(map[uint64][]customer.Carrier, len(keys))
	own := map[uint64][]indexEntry{}
	for _, e := range tx.indexed {
		own[e.key] = append(own[e.key], e)
	}
	c := &tx.s.carriers
	c.mu.Lock()
	defer c.mu.Unlock()
	if tx.holds && c.version != tx.indexVersion {
		c.forget(tx.indexVersion)
	}
	for _, key := range keys {
		x, is := c.get(key)
		if !is || x.limit != limit {
			missing = append(missing, key)
			continue
		}
		for _, e := range own[key] {
			x = x.with(e)
		}
		if len(x.nodes) > 0 {
			found[key] = x.nodes[:min(len(x.nodes), limit)]
		}
	}
	return found, missing
}

// newIndexVersion numbers what the transaction changed in the index.
func (tx *Tx) newIndexVersion(ctx context.Context) (t indexed, err error) {
	if len(tx.indexed) == 0 && !tx.reindexed {
		return t, nil
	}
	err = tx.QueryRow(ctx, `UPDATE hub SET index_version = index_version + 1 RETURNING index_version`).Scan(&t.version)
	if !tx.reindexed {
		t.entries = tx.indexed
	}
	return t, scrub(err)
}

// unindexed notes what a statement took out of the index.
func (tx *Tx) unindexed(rows pgx.Rows) error {
	var key, node int64
	_, err := pgx.ForEachRow(rows, []any{&key, &node}, func() error {
		tx.indexed = append(tx.indexed, indexEntry{uint64(key), customer.Carrier{Node: node}, false})
		return nil
	})
	return scrub(err)
}
