package main

import (
	"context"
	"encoding/json"

	"github.com/prometheus/client_golang/prometheus"

	"kartoteka/customer"
)

// scheduleMetrics tells what came of scheduled jobs, whichever process did them: it asks the database.
type scheduleMetrics struct{ hub *hub }

var (
	violationsDesc = prometheus.NewDesc("kartoteka_invariant_violations", "Violations that the last scheduled verify found.", []string{"invariant"}, nil)
	finishedDesc   = prometheus.NewDesc("kartoteka_schedule_finished_time_seconds", "When a scheduled job was finished last, since 1970.", []string{"schedule", "outcome"}, nil)
	nextDesc       = prometheus.NewDesc("kartoteka_schedule_next_time_seconds", "When a scheduled job is due next, since 1970.", []string{"schedule"}, nil)
)

// Describe implements [prometheus.Collector].
func (scheduleMetrics) Describe(to chan<- *prometheus.Desc) {
	to <- violationsDesc
	to <- finishedDesc
	to <- nextDesc
}

// Collect implements [prometheus.Collector]. Without the database there is nothing to tell.
func (m scheduleMetrics) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrape)
	defer cancel()
	rows, err := m.hub.Schedules(ctx)
	if err != nil {
		return
	}
	for i := range rows {
		row := &rows[i]
		to <- prometheus.MustNewConstMetric(nextDesc, prometheus.GaugeValue, float64(row.Next.Unix()), row.Name)
		if row.Outcome != "" && !row.Finished.IsZero() {
			to <- prometheus.MustNewConstMetric(finishedDesc, prometheus.GaugeValue, float64(row.Finished.Unix()), row.Name, string(row.Outcome))
		}
		if row.Name == "verify" && row.Outcome == customer.ScheduleDone {
			violations(to, row.Detail)
		}
	}
}

func violations(to chan<- prometheus.Metric, detail string) {
	var counts map[string]int64
	if json.Unmarshal([]byte(detail), &counts) != nil {
		return
	}
	for id, n := range counts {
		to <- prometheus.MustNewConstMetric(violationsDesc, prometheus.GaugeValue, float64(n), id)
	}
}
