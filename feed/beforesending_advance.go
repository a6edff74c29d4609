//go:build earlyadvance

package feed

import "kartoteka/customer"

// beforeSending moves the position past what is about to be sent: a planted bug.
func (l *leader) beforeSending(changes []customer.Change) error {
	return l.d.leases.Advance(l.ctx, l.lease, changes[len(changes)-1].Position)
}
