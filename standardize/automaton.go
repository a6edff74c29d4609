package standardize

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
)

// automaton tells of a number which of several patterns it fits, one table look-up a digit. It is
// made of regular expressions over digits; a number must fit a pattern from its first digit.
type automaton struct {
	next   [][10]uint16 // by state; state 0 fits nothing any more
	accept []uint32     // by state: a bit for each pattern that is complete
}

// maxStates bounds an automaton; no numbering plan comes near.
const maxStates = 20_000

// newAutomaton compiles patterns, 32 at most; nil if one of them is beyond it.
func newAutomaton(patterns []string) *automaton {
	m := &maker{states: map[string]uint16{"": 0}, out: &automaton{next: make([][10]uint16, 1), accept: make([]uint32, 1)}}
	var start []uint32
	for i, pattern := range patterns {
		tree, err := syntax.Parse("(?:"+pattern+")", syntax.Perl)
		if err != nil || len(patterns) > 32 {
			return nil
		}
		program, err := syntax.Compile(tree.Simplify())
		if err != nil || len(program.Inst) >= 1<<16 {
			return nil
		}
		m.programs = append(m.programs, program)
		start = m.follow(start, i, uint32(program.Start))
	}
	m.state(start)
	for i := 0; i < len(m.sets); i++ {
		m.extend(i)
	}
	if m.failed {
		return nil
	}
	return m.out
}

// maker builds an automaton from the programs of its patterns: a state is the set of places in
// them that a number may have come to.
type maker struct {
	programs []*syntax.Prog
	states   map[string]uint16 // set → number
	sets     [][]uint32        // by number - 1; a place is pattern<<16 | instruction
	out      *automaton
	failed   bool
}

// follow adds the places that are reached without a digit.
func (m *maker) follow(set []uint32, pattern int, pc uint32) []uint32 {
	place := uint32(pattern)<<16 | pc
	if slices.Contains(set, place) {
		return set
	}
	set = append(set, place)
	switch inst := &m.programs[pattern].Inst[pc]; inst.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		return m.follow(m.follow(set, pattern, inst.Out), pattern, inst.Arg)
	case syntax.InstCapture, syntax.InstNop:
		return m.follow(set, pattern, inst.Out)
	case syntax.InstEmptyWidth: // anchors inside a pattern: none of the plans has them
		m.failed = true
	}
	return set
}

// state gives the number of a set.
func (m *maker) state(set []uint32) uint16 {
	slices.Sort(set)
	key := make([]byte, 0, len(set)*4)
	for _, place := range set {
		key = binary.BigEndian.AppendUint32(key, place)
	}
	if n, ok := m.states[string(key)]; ok {
		return n
	}
	n := uint16(len(m.out.next))
	if n >= maxStates {
		m.failed = true
		return 0
	}
	var complete uint32
	for _, place := range set {
		if m.at(place).Op == syntax.InstMatch {
			complete |= 1 << (place >> 16)
		}
	}
	m.states[string(key)] = n
	m.sets = append(m.sets, set)
	m.out.next, m.out.accept = append(m.out.next, [10]uint16{}), append(m.out.accept, complete)
	return n
}

func (m *maker) at(place uint32) *syntax.Inst {
	return &m.programs[place>>16].Inst[place&0xFFFF]
}

// extend finds where the i-th set leads.
func (m *maker) extend(i int) {
	for digit := range 10 {
		var to []uint32
		for _, place := range m.sets[i] {
			inst := m.at(place)
			switch inst.Op {
			case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
				if inst.MatchRune(rune('0' + digit)) {
					to = m.follow(to, int(place>>16), inst.Out)
				}
			}
		}
		n := m.state(to)
		m.out.next[i+1][digit] = n
	}
}

// fits gives a bit for each pattern that the whole number fits.
func (a *automaton) fits(number string) uint32 {
	at := uint16(1)
	for i := 0; i < len(number) && at != 0; i++ {
		at = a.next[at][number[i]-'0']
	}
	return a.accept[at]
}

// begins gives how many ways the number may begin with the first pattern, and the length of the last.
func (a *automaton) begins(number string) (ways, length int) {
	at := uint16(1)
	for i := 0; i < len(number) && at != 0; i++ {
		at = a.next[at][number[i]-'0']
		if a.accept[at]&1 != 0 {
			ways, length = ways+1, i+1
		}
	}
	return ways, length
}
