package main

import (
	"context"
	"os"

	"kartoteka/customer"
	"kartoteka/demo"
	"kartoteka/matching"
	"kartoteka/store"
)

// truthOf tells which customer each row is really about.
type truthOf map[customer.Ref]string

func readTruthOf(path string) (truthOf, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	return demo.ReadTruth(f)
}

// demoQuality is how right the hub is. Persons and organizations stand apart: one payer with
// thousands of rows has more pairs than all people together.
type demoQuality struct {
	Persons       matching.Quality `json:"persons"`
	Organizations matching.Quality `json:"organizations"`
}

// measure compares who is who with the truth.
func (d *demoRun) measure(ctx context.Context) error {
	persons, organizations := newLabels(), newLabels()
	err := d.hub.InSnapshot(ctx, func(tx *store.Tx) error {
		return tx.Crosswalk(ctx, func(c store.Crossing) error {
			switch who := d.truth[c.Ref]; {
			case who == "":
			case who[0] == 'O':
				organizations.add(c.Code, who)
			default:
				persons.add(c.Code, who)
			}
			return nil
		})
	})
	d.result.Quality = demoQuality{persons.quality(), organizations.quality()}
	return err
}

// labels numbers clusters and customers of records.
type labels struct {
	clusters, truth []int32
	codes           map[customer.Code]int32
	names           map[string]int32
}

func newLabels() *labels {
	return &labels{codes: map[customer.Code]int32{}, names: map[string]int32{}}
}

func (l *labels) add(code customer.Code, who string) {
	l.clusters = append(l.clusters, numberOf(l.codes, code))
	l.truth = append(l.truth, numberOf(l.names, who))
}

func numberOf[K comparable](known map[K]int32, key K) int32 {
	n, is := known[key]
	if !is {
		n = int32(len(known))
		known[key] = n
	}
	return n
}

func (l *labels) quality() matching.Quality { return matching.Evaluate(l.clusters, l.truth, nil) }
