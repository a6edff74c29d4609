package embedded

import (
	"context"
	"log/slog"
	"testing"
)

// BenchmarkFirstStart makes a cluster, starts it and stops it. The budget is 3 s.
func BenchmarkFirstStart(b *testing.B) {
	needPostgres(b)
	for b.Loop() {
		startAndStop(b, makeTemp(b))
	}
}

// BenchmarkLaterStart starts and stops a cluster that exists.
func BenchmarkLaterStart(b *testing.B) {
	needPostgres(b)
	state := makeTemp(b)
	startAndStop(b, state)
	for b.Loop() {
		startAndStop(b, state)
	}
}

func startAndStop(b *testing.B, state string) {
	b.Helper()
	s, err := Start(b.Context(), state, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Stop(context.Background()); err != nil {
		b.Fatal(err)
	}
}
