package matching

import "kartoteka/customer"

// Settings is what a user may say about matching; config decodes it and fills the defaults
// of [DefaultSettings]. Learned numbers are not settings: they live in the [Model].
type Settings struct {
	Kinds map[customer.Kind]KindSettings
	// BlockLimit closes a blocking key that more distinct nodes carry (R3).
	BlockLimit int
	// ComponentLimit is how many nodes a component may have before its parts are evaluated
	// at a higher threshold (R6).
	ComponentLimit int
	// GenericAbove overrides, for every attribute, how many distinct signatures make a value
	// generic; 0: 3 × shared_by + 3 of the attribute (R3).
	GenericAbove int
	// FalseMerge and MissedMerge are the costs whose ratio gives the link threshold in bits:
	// log2(FalseMerge / MissedMerge).
	FalseMerge, MissedMerge float64
	// LinkBits, if not nil, pins the threshold instead.
	LinkBits *float64
	// Expect is the number of customers that the prior stands for; 0: four times the records
	// of the first load, at least 10,000.
	Expect int64
	// BranchesApart makes organizations with one tax number and different branch codes different customers.
	BranchesApart bool
	// ReusedKeys lets a record whose name and birth date both change start a new incarnation (R9).
	ReusedKeys bool
	// Unique names the sources that hold no duplicates.
	Unique []customer.Source
}

// KindSettings is the part of Settings about one kind of customer; nil lists are chosen from
// the portrait.
type KindSettings struct {
	// Compare lists the comparisons, each one attribute or several correlated ones.
	Compare [][]string
	// Candidates lists the blocking rules: a pair that agrees on every part of one rule is
	// compared. A part is an attribute ("inn") or a derived form of it ("name.last.sound").
	Candidates [][]string
	// Levels pins chances instead of those of the model: by attribute or part of one
	// ("name.first"), by level; what is 0 is not pinned.
	Levels map[string]Levels
}

// DefaultSettings are the settings of an empty config.
func DefaultSettings() Settings {
	return Settings{BlockLimit: 200, ComponentLimit: 200, FalseMerge: 3, MissedMerge: 1, ReusedKeys: true}
}
