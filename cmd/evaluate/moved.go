package main

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"kartoteka/matching"
)

// maxMoved bounds the pairs that are listed.
const maxMoved = 1_000_000

// movedPair is a pair that one program joins and the other does not.
type movedPair struct {
	left, right string
	joined      bool // now; else parted
	better      bool
	detail      []string // what the program that has it wrong says of the pair
}

// movement counts moved pairs of one set: joined and parted, each rightly or wrongly.
type movement struct{ found, lost, confused, parted int }

func (m movement) String() string {
	return fmt.Sprintf("+%d -%d true, +%d -%d false", m.found, m.lost, m.confused, m.parted)
}

var (
	detailColumns = []string{"reason", "bits", "link", "rules", "found", "vetoes", "generic"}
	movedColumns  = append([]string{"change", "now", "truth", "left", "right"}, detailColumns...)
)

// moved compares the answers of two programs and lists the pairs that moved in dir/moved.csv, the
// worse first.
func moved(s set, dir string) (m movement, err error) {
	was, err := readClustering(filepath.Join(dir, baseClusters), s.truth)
	if err != nil {
		return m, err
	}
	now, err := readClustering(filepath.Join(dir, nowClusters), s.truth)
	if err != nil {
		return m, err
	}
	if !slices.Equal(was.ids, now.ids) {
		return m, fmt.Errorf("%s: the two programs read different records", s.name)
	}
	details, err := wrongPairs(filepath.Join(dir, basePairs), filepath.Join(dir, nowPairs))
	if err != nil {
		return m, err
	}
	list := m.pairs(was, now, details)
	return m, writeMoved(filepath.Join(dir, "moved.csv"), list)
}

// pairs lists and counts what moved.
func (m *movement) pairs(was, now *clustering, details map[[2]string][]string) []movedPair {
	var out []movedPair
	for f := range matching.Faults(now.clusters, was.clusters, nil) {
		same := now.truth[f.A] == now.truth[f.B]
		p := movedPair{left: now.ids[f.A], right: now.ids[f.B], joined: f.False, better: f.False == same}
		switch {
		case same && f.False:
			m.found++
		case same:
			m.lost++
		case f.False:
			m.confused++
		default:
			m.parted++
		}
		if len(out) < maxMoved {
			p.detail = details[unordered(p.left, p.right)]
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(x, y movedPair) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)), strings.Compare(x.left, y.left), strings.Compare(x.right, y.right))
	})
	return out
}

// rank puts what became worse first, false joins before missed ones.
func rank(p movedPair) int {
	n := 0
	if p.better {
		n = 2
	}
	if p.better == p.joined {
		n++
	}
	return n
}

func unordered(a, b string) [2]string { return [2]string{min(a, b), max(a, b)} }

// wrongPairs reads the wrong pairs of both programs. A pair that moved is wrong in one of them. An
// older program wrote none.
func wrongPairs(paths ...string) (map[[2]string][]string, error) {
	out := map[[2]string][]string{}
	for _, path := range paths {
		if !exists(path) {
			continue
		}
		err := readCSV(path, append([]string{"left", "right"}, detailColumns...), func(row []string) {
			out[unordered(row[0], row[1])] = row[2:]
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func writeMoved(path string, list []movedPair) error {
	return writeFile(path, func(w *bufio.Writer) error {
		out := csv.NewWriter(w)
		_ = out.Write(movedColumns) // csv keeps the error until Flush
		for _, p := range list {
			detail := p.detail
			if detail == nil {
				detail = make([]string, len(detailColumns))
			}
			_ = out.Write(append([]string{either(p.better, "better", "worse"), either(p.joined, "joined", "parted"),
				either(p.joined == p.better, "same", "different"), p.left, p.right}, detail...))
		}
		out.Flush()
		return out.Error()
	})
}

func either(yes bool, one, other string) string {
	if yes {
		return one
	}
	return other
}
