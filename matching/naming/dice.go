package naming

import "math/bits"

// dice are the numbers that Python's random.Random(seed) gives: the Mersenne Twister of
// Matsumoto and Nishimura, 1998. Only samples of an evaluation are drawn with them.
type dice struct {
	state [624]uint32
	at    int
}

func newDice(seed uint32) *dice {
	d := &dice{at: 624}
	d.fill(19650218)
	i := 1
	for range 624 { // a seed of one word
		d.state[i] = (d.state[i] ^ (d.state[i-1]^d.state[i-1]>>30)*1664525) + seed
		i = d.step(i)
	}
	for range 623 {
		d.state[i] = (d.state[i] ^ (d.state[i-1]^d.state[i-1]>>30)*1566083941) - uint32(i)
		i = d.step(i)
	}
	d.state[0] = 0x80000000
	return d
}

func (d *dice) fill(seed uint32) {
	d.state[0] = seed
	for i := 1; i < 624; i++ {
		d.state[i] = 1812433253*(d.state[i-1]^d.state[i-1]>>30) + uint32(i)
	}
}

func (d *dice) step(i int) int {
	if i++; i < 624 {
		return i
	}
	d.state[0] = d.state[623]
	return 1
}

func (d *dice) next() uint32 {
	if d.at == 624 {
		for k := range 624 {
			y := d.state[k]&0x80000000 | d.state[(k+1)%624]&0x7fffffff
			d.state[k] = d.state[(k+397)%624] ^ y>>1 ^ (y&1)*0x9908b0df
		}
		d.at = 0
	}
	y := d.state[d.at]
	d.at++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// below gives a number from 0 to n-1.
func (d *dice) below(n int) int {
	for {
		if r := int(d.next() >> (32 - bits.Len(uint(n)))); r < n {
			return r
		}
	}
}

// sample draws k different elements in the order in which Python's sample gives them for a k
// that is small beside the list.
func sample[T any](d *dice, list []T, k int) []T {
	size := 21
	for n := 1; k > 5 && n < 3*k; n *= 4 {
		size += n * 3 // 21 + 4**ceil(log4(3k))
	}
	if len(list) <= size {
		return sampleFromPool(d, list, k)
	}
	out, seen := make([]T, 0, k), make(map[int]bool, k)
	for range k {
		j := d.below(len(list))
		for seen[j] {
			j = d.below(len(list))
		}
		seen[j] = true
		out = append(out, list[j])
	}
	return out
}

func sampleFromPool[T any](d *dice, list []T, k int) []T {
	pool, out := append([]T(nil), list...), make([]T, 0, k)
	for i := range k {
		j := d.below(len(list) - i)
		out = append(out, pool[j])
		pool[j] = pool[len(list)-i-1]
	}
	return out
}
