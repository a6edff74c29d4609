//go:build !brokenoutbox

package feed

import "kartoteka/customer"

// readTo is the position up to which changes were read. The build tag brokenoutbox plants the bug of
// taking another one, to show that the chaos suite finds it.
func (l *leader) readTo(changes []customer.Change) int64 { return changes[len(changes)-1].Position }
