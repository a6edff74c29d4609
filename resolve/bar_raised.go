//go:build codesraisebar

package resolve

import (
	"kartoteka/customer"
	"kartoteka/matching"
)

// codeBar keeps records of different existing codes apart: a planted bug.
func codeBar(records []*record) []matching.Judgment {
	var out []matching.Judgment
	for i, a := range records {
		for j, b := range records[:i] {
			if a.Code != 0 && b.Code != 0 && a.Code != b.Code {
				out = append(out, matching.Judgment{Kind: customer.Different, Left: []int32{int32(i)}, Right: []int32{int32(j)}})
			}
		}
	}
	return out
}
