package config

import (
	"time"

	"go.yaml.in/yaml/v3"

	"kartoteka/customer"
)

// Review says which of what people decide is not carried out at once.
type Review struct {
	Hold          time.Duration // in which a person at the workbench can undo
	SecondOpinion float64       // share of the questions that two persons are asked
	HideScore     string        // of which questions the weights are not shown before they are answered: never, twice, always
	FourEyes      FourEyes
}

// FourEyes says what another person has to approve.
type FourEyes struct {
	AboveRecords int  // of the customers whose codes change, together; 0: however many
	Confirmed    bool // customers whom a person checked
	Kinds        []customer.TaskKind
	Rules        bool // plans are applied by another person
	BulkAbove    int  // questions answered at once; 0: however many
}

func reviewKeys() keys[Review] {
	return keys[Review]{
		lasting("hold", "a person at the workbench can undo a decision before it is carried out", 0, time.Minute, func(r *Review) *time.Duration { return &r.Hold }),
		{"second_opinion", "share of the questions that two persons are asked without being told of each other", percentShape, func(r *reader, path string, n *yaml.Node, x *Review) {
			x.SecondOpinion = r.percent(path, n)
		}},
		choice("hide_score", "weights are shown after the answer only: of the questions that two persons are asked (who then can tell), or of all",
			func(r *Review, word string) { r.HideScore = word }, never, "twice", "always"),
		group("four_eyes", "what another person has to approve", fourEyesKeys(), func(r *Review) *FourEyes { return &r.FourEyes }),
	}
}

func fourEyesKeys() keys[FourEyes] {
	return keys[FourEyes]{
		whole("above_records", "what changes codes of customers with more source records than this together; 0: however many", 0, 1_000_000, func(f *FourEyes, n int64) { f.AboveRecords = int(n) }),
		yes("confirmed", "what changes codes of customers whom a person checked", func(f *FourEyes) *bool { return &f.Confirmed }),
		{"kinds", "answers to questions of these kinds", listShape(wordsShape(customer.TaskKinds()...)), func(r *reader, path string, n *yaml.Node, f *FourEyes) {
			f.Kinds = manyOf(r, path, n, customer.TaskKinds()...)
		}},
		yes("rules", "a change of the rules is applied by another person than the one who planned it", func(f *FourEyes) *bool { return &f.Rules }),
		whole("bulk_above", "more questions answered at once than this; 0: however many", 0, 1000, func(f *FourEyes, n int64) { f.BulkAbove = int(n) }),
	}
}
