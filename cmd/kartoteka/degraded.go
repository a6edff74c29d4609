package main

import (
	"context"

	"kartoteka/store"
)

// degraded names the sources whose last reading failed or was held: the hub answers all the same. What
// cannot be asked is not told; readyz itself says that the database is away.
func (h *hub) degraded(ctx context.Context) (out []string) {
	_ = h.InSnapshot(ctx, func(tx *store.Tx) error {
		runs, err := tx.LastRuns(ctx)
		for _, r := range runs {
			if r.State == "failed" || r.State == "held" {
				out = append(out, "source "+string(r.Source)+": its last run "+r.State)
			}
		}
		return err
	})
	return out
}
