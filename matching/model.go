package matching

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"kartoteka/customer"
)

// modelVersion is the version of the file format of a [Model].
const modelVersion = 1

// ErrModel says that a model file cannot be used; the caller names another file.
var ErrModel = errors.New("unreadable model file")

// Model holds the learned numbers of a ruleset: how often true pairs and chance pairs reach
// each level, how frequent values are, how many customers there are. It is a readable file
// and no configuration.
type Model struct {
	Version int `json:"version"`
	// Records is how many records the model was trained on; 0: it is the shipped one.
	Records int64                        `json:"records"`
	Kinds   map[customer.Kind]*KindModel `json:"kinds"`
}

// KindModel is the part of a Model about one kind of customer.
type KindModel struct {
	Population int64 `json:"population"` // customers that the prior stands for
	Records    int64 `json:"records"`    // of this kind, trained on
	// Duplicates is how many other records of its customer a record has, on the average: the chance
	// that two records are one customer is that over the population. 0: 1.
	Duplicates float64 `json:"duplicates,omitempty"`
	// Caution is the bits by which the comparisons of a kind overstate together, because they are
	// not independent of each other; they are taken off the prior. KinCaution is the same against a
	// household, besides what it costs more to take two of a family for one than two strangers.
	Caution    float64 `json:"caution,omitempty"`
	KinCaution float64 `json:"kin_caution,omitempty"`
	// Kinship is the chance that a pair worth comparing is two members of one household (or two
	// companies of one owner) for each chance that it is one customer.
	Kinship float64 `json:"kinship"`
	// Types has the levels of each type and part: "person_name.last", "phone", "id".
	Types map[string]Levels `json:"types"`
	// Attributes has what was learned about single attributes: "name.last", "x.occupation". It goes before Types.
	Attributes map[string]Levels `json:"attributes,omitempty"`
	// Frequencies are by attribute and part, or by type and part for what is shipped.
	Frequencies map[string]*Frequencies `json:"frequencies"`
	// AsShipped names what the data could not teach, and why: it stands as in the shipped model.
	AsShipped map[string]string `json:"as_shipped,omitempty"`
	// Rules are the blocking rules that were chosen for the data; nil: those that suit any data.
	Rules [][]string `json:"rules,omitempty"`
}

// Levels are the outcomes of a comparison by their keys.
type Levels map[string]Level

// Level is one outcome of a comparison.
type Level struct {
	M   float64 `json:"m"`             // chance of it for two records of one customer
	U   float64 `json:"u"`             // chance of it for two records taken at random
	Kin float64 `json:"kin,omitempty"` // chance of it for two members of one household; 0: as U
	// Term is the share of the value's rarity that is added: 1 for agreement, less for near agreement.
	Term float64 `json:"term,omitempty"`
}

// Frequencies say how often values occur. Values met less than five times share one cell.
type Frequencies struct {
	Count   int64              `json:"count"`   // values counted
	Average float64            `json:"average"` // chance that two random values agree
	Rare    float64            `json:"rare"`    // frequency of a value that is not listed
	Values  map[string]float64 `json:"values,omitempty"`
}

//go:embed shipped.json
var shipped []byte

// Shipped is the model to start from: levels of every type, frequencies of common names only.
func Shipped() *Model {
	m, err := ReadModel(shipped)
	if err != nil {
		panic(err) // the file is part of the binary and tested
	}
	commonNames(m)
	return m
}

// shippedLevels are the levels that the shipped model has, by type and part of a type; "" has them all.
var shippedLevels = sync.OnceValue(func() map[string][]string {
	var m Model
	if err := json.Unmarshal(shipped, &m); err != nil {
		panic(err) // the file is part of the binary and tested
	}
	names := map[string][]string{}
	for _, k := range m.Kinds {
		for name, levels := range k.Types {
			for key := range levels {
				names[name] = append(names[name], key)
				names[""] = append(names[""], key)
			}
		}
	}
	return names
})

// JSON encodes the model; equal models have equal bytes.
func (m *Model) JSON() ([]byte, error) {
	data, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	return append(data, '\n'), nil
}

// ReadModel decodes a model file strictly; the error wraps [ErrModel].
func ReadModel(data []byte) (*Model, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	m := new(Model)
	if err := d.Decode(m); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	if d.More() {
		return nil, fmt.Errorf("%w: something stands behind the model; take it out", ErrModel)
	}
	if m.Version != modelVersion {
		return nil, fmt.Errorf("%w: version %d; this program reads version %d", ErrModel, m.Version, modelVersion)
	}
	return m, m.check()
}

// Bounds of what a model may say: no more customers than there may ever be, and households that
// are no rarer or commoner than in any population.
const (
	maxPopulation = 100_000_000_000
	maxKinship    = 1000
)

// check refuses what is no chance, and names that nothing reads.
func (m *Model) check() error {
	for kind := range m.Kinds {
		if !slices.Contains(customer.Kinds(), kind) {
			return fmt.Errorf("%w: kinds.%s: there is no such kind of customer", ErrModel, kind)
		}
	}
	for _, kind := range customer.Kinds() {
		k := m.Kinds[kind]
		if k == nil || k.Population < 1 || k.Kinship <= 0 || k.Duplicates < 0 {
			return fmt.Errorf("%w: kinds.%s needs population and kinship", ErrModel, kind)
		}
		if k.Population > maxPopulation || k.Kinship > maxKinship {
			return fmt.Errorf("%w: kinds.%s: population must not be above %d, kinship not above %d", ErrModel, kind, int64(maxPopulation), maxKinship)
		}
		if err := k.check(); err != nil {
			return fmt.Errorf("%w: kinds.%s.%w", ErrModel, kind, err)
		}
	}
	return nil
}

func (k *KindModel) check() error {
	for name := range k.Types {
		if shippedLevels()[name] == nil && !slices.Contains(customer.Types(), customer.TypeName(name)) {
			return fmt.Errorf("types.%s: there is no such type", name)
		}
	}
	for name, levels := range k.all() {
		known := shippedLevels()[name]
		if known == nil { // of an attribute
			known = shippedLevels()[""]
		}
		for key, l := range levels {
			if !slices.Contains(known, key) {
				return fmt.Errorf("%s.%s: there is no such level", name, key)
			}
			if !isChance(l.M) || !isChance(l.U) || l.Kin < 0 || l.Kin > 1 || l.Term < 0 || l.Term > 1 {
				return fmt.Errorf("%s.%s: m and u must lie above 0 and not above 1, kin and term from 0 to 1", name, key)
			}
		}
	}
	for name, f := range k.Frequencies {
		if f == nil || !isChance(f.Rare) || !isChance(f.Average) {
			return fmt.Errorf("frequencies.%s: rare and average must lie above 0 and not above 1", name)
		}
		for _, p := range f.Values {
			if !isChance(p) {
				return fmt.Errorf("frequencies.%s.values: each must lie above 0 and not above 1", name)
			}
		}
	}
	return nil
}

func isChance(p float64) bool { return p > 0 && p <= 1 }

// all iterates over types, then attributes.
func (k *KindModel) all() func(func(string, Levels) bool) {
	return func(yield func(string, Levels) bool) {
		for _, group := range []map[string]Levels{k.Types, k.Attributes} {
			for name, levels := range group {
				if !yield(name, levels) {
					return
				}
			}
		}
	}
}

// levels finds the numbers of an attribute's part: its own, its type's, its family's.
func (k *KindModel) levels(names ...string) Levels {
	for _, name := range names {
		if l, ok := k.Attributes[name]; ok {
			return l
		}
	}
	for _, name := range names {
		if l, ok := k.Types[name]; ok {
			return l
		}
	}
	return nil
}

// frequencies finds the frequencies of the first name that has any.
func (k *KindModel) frequencies(names ...string) *Frequencies {
	for _, name := range names {
		if f, ok := k.Frequencies[name]; ok {
			return f
		}
	}
	return &Frequencies{Average: 1e-3, Rare: 1e-3}
}
