package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"kartoteka/failpoint/raced"
)

func TestEvaluateWithoutParts(t *testing.T) {
	raced.Skip(t)
	records, truth := invented(t, 1000)
	whole, _ := evaluated(t, records, "--truth", truth)
	for _, part := range []string{"household", "groups", "groups=best", "groups=mean", "groups=worst", "vetoes,scripts", "frequency,spelling"} {
		if r, _ := evaluated(t, records, "--truth", truth, "--without", part); r.F1 < 0.3 || r.PairsTrue != whole.PairsTrue {
			t.Errorf("%s: %+v", part, r.Quality)
		}
	}
	if r, _ := evaluated(t, records, "--truth", truth, "--without", "link=20"); r.Recall >= whole.Recall {
		t.Errorf("at 20 bits recall is %.4f, at the hub's own threshold %.4f", r.Recall, whole.Recall)
	}
}

func TestEvaluateWithoutWhatIsNotThere(t *testing.T) {
	t.Parallel()
	records, truth := invented(t, 300)
	for _, part := range []string{"prior", "link=high"} {
		var out, errs bytes.Buffer
		code := run(context.Background(), []string{"match", "evaluate", records, "--truth", truth, "--without", part}, &app{out: &out, err: &errs, lookup: os.LookupEnv})
		if code != exitInput || !strings.Contains(errs.String(), "--without") {
			t.Errorf("%s: exit %d: %s", part, code, errs.String())
		}
	}
}
