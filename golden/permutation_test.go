package golden

import (
	"errors"
	"testing"

	"kartoteka/customer"

	"pgregory.net/rapid"
)

func TestSerialsAndCodesAreOneToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, err := NewPermutation(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "key"))
		if err != nil {
			t.Fatal(err)
		}
		serial := rapid.Int64Range(0, Codes-1).Draw(t, "serial")
		code := p.Code(serial)
		if back, err := customer.ParseCode(code.String()); err != nil || back != code {
			t.Fatalf("%d gives %s, which is no code: %v", serial, code, err)
		}
		if back := p.Serial(code); back != serial {
			t.Fatalf("%d came back as %d", serial, back)
		}
		other := customer.WithCheckDigit(rapid.Int64Range(1, Codes).Draw(t, "code"))
		if s := p.Serial(other); s < 0 || s >= Codes || p.Code(s) != other {
			t.Fatalf("%s has serial %d", other, s)
		}
	})
}

func TestNeighborsShareNothing(t *testing.T) {
	p, _ := NewPermutation([]byte("0123456789abcdef"))
	seen := map[customer.Code]bool{}
	ascents := 0
	for serial := range int64(20_000) {
		code := p.Code(serial)
		if seen[code] || code == 0 {
			t.Fatalf("serial %d: %s again", serial, code)
		}
		seen[code] = true
		if serial > 0 && code > p.Code(serial-1) {
			ascents++
		}
	}
	if ascents < 9_600 || ascents > 10_400 { // half of 20,000 up to chance: σ is 41
		t.Errorf("codes tell who came first: %d ascents", ascents)
	}
}

func TestOutOfRangeIsNoCode(t *testing.T) {
	p, _ := NewPermutation(make([]byte, 16))
	if p.Code(-1) != 0 || p.Code(Codes) != 0 || p.Serial(0) != -1 || p.Serial(-5) != -1 || p.Serial(2_000_000_000_000) != -1 {
		t.Error("a number out of range has a code")
	}
	if _, err := NewPermutation(nil); !errors.Is(err, ErrPermutationKey) {
		t.Error(err)
	}
}
