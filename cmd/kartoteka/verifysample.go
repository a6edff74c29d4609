package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"

	"kartoteka/customer"
	"kartoteka/store"
)

// Without --sample, golden records and consents are computed again for all customers of a base up
// to fullBelow, else for goldenSample of them; who is who for partitionSample, each with all that
// might belong to them.
const (
	fullBelow       = 100_000
	goldenSample    = 20_000
	partitionSample = 200
)

// portion says how many customers are computed again.
type portion struct {
	given   bool
	all     bool
	count   int
	percent float64
}

// parseSample reads --sample: a number, a percentage, all (or 0), or nothing.
func parseSample(text string) (portion, error) {
	text = strings.TrimSpace(text)
	wrong := fmt.Errorf("%w: --sample is a number of customers, a percentage like 5%%, or all", errUsage)
	switch {
	case text == "":
		return portion{}, nil
	case strings.EqualFold(text, "all"), text == "0":
		return portion{given: true, all: true}, nil
	case strings.HasSuffix(text, "%"):
		p, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
		if err != nil || !(p > 0 && p <= 100) {
			return portion{}, wrong
		}
		return portion{given: true, all: p == 100, percent: p}, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1_000_000_000 {
		return portion{}, wrong
	}
	return portion{given: true, count: n}, nil
}

// of says how many of so many customers are taken; 0 is all.
func (s portion) of(active int64) int {
	n := int64(s.count)
	if s.percent > 0 {
		n = int64(math.Ceil(float64(active) * s.percent / 100))
	}
	if s.all || n >= active {
		return 0
	}
	return int(n)
}

// golden is of, for what is computed from one customer's records.
func (s portion) golden(active int64) int {
	if !s.given && active > fullBelow {
		return goldenSample
	}
	return s.of(active)
}

// partition is of, for who is who. A sample that takes everybody still goes customer by customer:
// only all computes in memory over the whole base.
func (s portion) partition(active int64) int {
	switch {
	case s.all:
		return 0
	case !s.given:
		return int(min(partitionSample, max(active, 1)))
	}
	return int(min(int64(max(s.of(active), 1)), max(active, 1)))
}

// codes picks the codes whose golden records are computed again; nil is all of them.
func (v *verifier) codes(ctx context.Context, tx *store.Tx, c *customer.Check) ([]customer.Code, error) {
	return v.codesOf(ctx, tx, c, v.sample.golden)
}

func (v *verifier) codesOf(ctx context.Context, tx *store.Tx, c *customer.Check, number func(active int64) int) ([]customer.Code, error) {
	active, err := tx.CountCodes(ctx)
	n := number(active)
	if err != nil || n == 0 {
		return nil, err
	}
	if int64(n) >= active {
		return tx.ActiveCodes(ctx)
	}
	c.SampledOf = active
	source := rand.New(rand.NewPCG(v.summary.Seed, 0)) //nolint:gosec // a sample, no secret
	codes, err := tx.SampleCodes(ctx, n, source.Int64)
	if codes == nil {
		codes = []customer.Code{}
	}
	return codes, err
}
