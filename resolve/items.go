package resolve

import (
	"encoding/binary"
	"sync"

	"github.com/cespare/xxhash/v2"

	"kartoteka/customer"
	"kartoteka/matching"
)

// Items keeps the items of nodes between turns, so that a customer who is met again is neither
// fetched nor read again. It keeps only nodes that are named by their content: what such a node
// says cannot change. It is safe for use by several goroutines; nil keeps nothing.
type Items struct {
	mu          sync.Mutex
	limit       int
	young, aged map[int64]*matching.Item // aged is what was young before; what is asked for becomes young again
}

// NewItems makes room for the items of so many nodes, about a kilobyte each.
func NewItems(nodes int) *Items {
	return &Items{limit: max(nodes/2, 1), young: map[int64]*matching.Item{}}
}

// get moves the items that are known out of nodes into found, and returns the other nodes.
func (c *Items) get(nodes []int64, found map[int64]*matching.Item) (missing []int64) {
	if c == nil {
		return nodes
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range nodes {
		if it := c.find(n); it != nil {
			found[n] = it
		} else {
			missing = append(missing, n)
		}
	}
	return missing
}

// add keeps an item of a node that is named by its content.
func (c *Items) add(node int64, it *matching.Item) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(node, it)
}

func (c *Items) put(node int64, it *matching.Item) {
	if len(c.young) >= c.limit {
		c.aged, c.young = c.young, make(map[int64]*matching.Item, c.limit)
	}
	c.young[node] = it
}

// contentNode names the node of all records with this content.
func contentNode(it *matching.Item) int64 {
	return nodeNumber([17]byte(append(it.Content[:], 0)))
}

// recordNode names the node that a record is alone.
func recordNode(id customer.RecordID) int64 {
	var b [17]byte
	binary.BigEndian.PutUint64(b[:], uint64(id))
	b[16] = 1
	return nodeNumber(b)
}

// nodeNumber is never zero, which means none.
func nodeNumber(b [17]byte) int64 { return int64(xxhash.Sum64(b[:]) | 1) }

// one returns the item of a node if it is known.
func (c *Items) one(node int64) *matching.Item {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.find(node)
}

func (c *Items) find(node int64) *matching.Item {
	it := c.young[node]
	if it == nil {
		if it = c.aged[node]; it != nil {
			c.put(node, it)
		}
	}
	return it
}

// itemOf makes the item of a node's content, unless it is known. Its generic values are not marked.
func (r *Rules) itemOf(node int64, standard *customer.Standard) *matching.Item {
	if it := r.Items.one(node); it != nil {
		return it
	}
	it := r.Matcher.Item(standard)
	if contentNode(it) == node {
		r.Items.add(node, it)
	}
	return it
}

// marked returns the item with its generic values marked; others may use the same item at once,
// so one whose marks differ is copied.
func marked(it *matching.Item, generic map[uint64]bool) *matching.Item {
	mask := uint32(0)
	for i := range it.Shared {
		if generic[it.Shared[i].Key] {
			mask |= 1 << i
		}
	}
	if mask == it.Generic {
		return it
	}
	other := *it
	other.Generic = mask
	return &other
}
