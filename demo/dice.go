package demo

import "math/rand/v2"

// dice is a stream of chance that depends on its salts alone.
type dice struct{ rand.PCG }

// throw makes the dice of one thing: a person, a row, a file.
func throw(seed uint64, salts ...uint64) *dice {
	h := mix(seed + 0x9e3779b97f4a7c15)
	for _, s := range salts {
		h = mix(h ^ (s + 0x9e3779b97f4a7c15 + h<<6 + h>>2))
	}
	d := &dice{}
	d.Seed(h, mix(h))
	return d
}

// mix is the finalizer of SplitMix64 (Steele, Lea, Flood 2014).
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// n gives 0 … max-1.
func (d *dice) n(max int) int { return int(d.Uint64() % uint64(max)) }

// between gives low … high, both possible.
func (d *dice) between(low, high int) int { return low + d.n(high-low+1) }

// share gives a number of [0, 1).
func (d *dice) share() float64 { return float64(d.Uint64()>>11) / (1 << 53) }

// chance is true in p of all cases.
func (d *dice) chance(p float64) bool { return d.share() < p }

// pick chooses evenly.
func pick[T any](d *dice, list []T) T { return list[d.n(len(list))] }

// zipf chooses with falling frequency: the first is by far the commonest.
func zipf[T any](d *dice, list []T) T {
	x := d.share()
	return list[int(x*x*float64(len(list)))]
}

// weighted chooses by running sums of weights.
func weighted[T any](d *dice, list []T, sums []int) T {
	x := d.n(sums[len(sums)-1])
	low, high := 0, len(sums)-1
	for low < high {
		if middle := (low + high) / 2; sums[middle] > x {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return list[low]
}

// shuffle puts a list into an order of chance.
func shuffle[T any](d *dice, list []T) {
	for i := len(list) - 1; i > 0; i-- {
		j := d.n(i + 1)
		list[i], list[j] = list[j], list[i]
	}
}
