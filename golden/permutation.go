package golden

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"

	"kartoteka/customer"
)

// Codes is how many personal codes there are: every number of eleven digits but 0.
const Codes = 99_999_999_999

// half is the side of the square that the permutation works on: the least whose square is
// above 10^11, so that a walk out of the range is rare (15 in ten million).
const half = 316_228

// rounds of the Feistel network; 8 are enough for a strong permutation, two more are cheap.
const rounds = 10

// ErrPermutationKey says that a permutation key has the wrong length; the hub's row is damaged.
var ErrPermutationKey = errors.New("golden: a permutation key is 16 bytes")

// Permutation turns serials into personal codes and back: codes tell neither how many
// customers there are nor who came first. It is a balanced Feistel network with AES as
// round function and cycle walking (Black and Rogaway, "Ciphers with Arbitrary Finite
// Domains", 2002).
type Permutation struct{ block cipher.Block }

// NewPermutation makes the permutation of a secret key of 16 bytes.
func NewPermutation(key []byte) (*Permutation, error) {
	if len(key) != 16 {
		return nil, ErrPermutationKey
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return &Permutation{block}, nil
}

// Code gives the personal code of a serial in [0, Codes); different serials have different
// codes, and none is 0. Outside of that range it gives the zero Code.
func (p *Permutation) Code(serial int64) customer.Code {
	if serial < 0 || serial >= Codes {
		return 0
	}
	var buf [aes.BlockSize]byte
	x := p.forward(serial+1, buf[:])
	for x == 0 || x > Codes {
		x = p.forward(x, buf[:])
	}
	return customer.WithCheckDigit(x)
}

// Serial gives the serial of a code that Code made; -1 for a number that is no code.
func (p *Permutation) Serial(code customer.Code) int64 {
	x := int64(code) / 10
	if code <= 0 || x > Codes || x == 0 {
		return -1
	}
	var buf [aes.BlockSize]byte
	x = p.backward(x, buf[:])
	for x == 0 || x > Codes {
		x = p.backward(x, buf[:])
	}
	return x - 1
}

// forward permutes [0, half²).
func (p *Permutation) forward(x int64, buf []byte) int64 {
	left, right := x/half, x%half
	for i := range int64(rounds) {
		left, right = right, (left+p.round(i, right, buf))%half
	}
	return left*half + right
}

// backward undoes forward.
func (p *Permutation) backward(x int64, buf []byte) int64 {
	left, right := x/half, x%half
	for i := int64(rounds - 1); i >= 0; i-- {
		left, right = (right-p.round(i, left, buf)+half)%half, left
	}
	return left*half + right
}

// round is a keyed function into [0, half); 64 bits make its bias negligible.
func (p *Permutation) round(i, x int64, buf []byte) int64 {
	binary.LittleEndian.PutUint64(buf, uint64(i))
	binary.LittleEndian.PutUint64(buf[8:], uint64(x))
	p.block.Encrypt(buf, buf)
	return int64(binary.LittleEndian.Uint64(buf) % half)
}
