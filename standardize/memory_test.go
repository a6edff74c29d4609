package standardize

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartoteka/customer"
)

// TestRowInGivesWhatRowGives reads rows with memory of their own and out of a memory that is used again.
func TestRowInGivesWhatRowGives(t *testing.T) {
	p := testPortrait(t)
	for country, rows := range benchRows(p) {
		z := New(p, Settings{Country: country})
		var memory Memory
		for range 3 {
			memory.Reset()
			var got []customer.Standard
			for range 300 { // more than one run of memory
				z.Ahead(len(rows), func(i int) *customer.Mapped { return &rows[i] }, &memory)
				for i := range rows {
					s, _ := z.RowIn(&rows[i], &memory)
					got = append(got, s)
				}
			}
			for i := range got {
				want, _ := z.Row(&rows[i%len(rows)])
				if diff := cmp.Diff(want, got[i]); diff != "" {
					t.Fatalf("%s %d (-Row +RowIn):\n%s", country, i, diff)
				}
			}
		}
	}
}
