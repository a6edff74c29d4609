package customer

import "cmp"

// Indexed says which node a record is in and, for a node that may be new, what it carries.
type Indexed struct {
	Record    RecordID
	Node      int64
	Keys      []BlockKey
	Shared    []SharedValue
	Signature Signature
	Sketch    Sketch
}

// Sketch is what an index keeps of a record beside its keys, to tell most of those who are not the
// same customer without reading them: a few bits each of hashes of some values.
type Sketch uint64

// SketchKnown is set in each sketch, and in no [Signature] as it is stored.
const SketchKnown Sketch = 1 << 15

// Known reports whether it is a sketch.
func (s Sketch) Known() bool { return s&SketchKnown != 0 }

// Carrier is a node that carries a key.
type Carrier struct {
	Node   int64
	Sketch Sketch // not known where the key is a shared value
}

// NodesOf leaves the sketches out.
func NodesOf(carriers map[uint64][]Carrier) map[uint64][]int64 {
	out := make(map[uint64][]int64, len(carriers))
	for key, list := range carriers {
		nodes := make([]int64, len(list))
		for i := range list {
			nodes[i] = list[i].Node
		}
		out[key] = nodes
	}
	return out
}

// BlockKey is a blocking key: a pure function of record and ruleset.
type BlockKey struct {
	Hash uint64 // of kind, rule and values
	Uses uint32 // bits of the shared values that it is made of; a generic one silences it
	Rule uint8  // place of its rule in the ruleset, for reports
}

// SharedValue is a value that several customers may share up to a limit.
type SharedValue struct {
	Key       uint64 // hash of kind, attribute and comparable value
	Attribute AttributeID
	Above     int32 // generic when more distinct signatures than this carry it
}

// Signature tells customers apart roughly, to count how many share a value: the sound of the
// surname and the year of birth of a person, the name core of an organization. The zero
// Name does not count; a zero Year does not count beside the same Name with a year.
type Signature struct {
	Name uint64 // its low 16 bits are zero, so that both fit into one stored number
	Year uint16
}

// Compare orders signatures by name, then year.
func (s Signature) Compare(t Signature) int {
	return cmp.Or(cmp.Compare(s.Name, t.Name), cmp.Compare(s.Year, t.Year))
}

// ClosedKey is a blocking key that more nodes carry than block_limit allows: it yields no pairs.
type ClosedKey struct {
	Hash  uint64
	Kind  Kind
	Rule  uint8
	Nodes int
}

// GenericValue is a value that too many different customers carry: it weighs nothing.
type GenericValue struct {
	Key        uint64
	Kind       Kind
	Attribute  AttributeID
	Signatures int
}
