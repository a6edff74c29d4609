package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// taskMetrics shows how long the queue of questions is. Labels are kinds, never a code.
type taskMetrics struct{ hub *hub }

var (
	tasksOpen     = prometheus.NewDesc("kartoteka_tasks_open", "Open questions that only a person should settle.", []string{"kind"}, nil)
	tasksLoss     = prometheus.NewDesc("kartoteka_tasks_expected_loss", "What open questions are expected to cost if nobody answers them.", []string{"kind"}, nil)
	tasksAnswered = prometheus.NewDesc("kartoteka_tasks_answered_today", "Questions that people answered since midnight.", nil, nil)
	tasksUnasked  = prometheus.NewDesc("kartoteka_tasks_not_asked", "Open questions beyond what the stewards can answer today.", nil, nil)
)

// scrape bounds how long a scrape waits for the database.
const scrape = 2 * time.Second

// Describe implements [prometheus.Collector].
func (m taskMetrics) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{tasksOpen, tasksLoss, tasksAnswered, tasksUnasked} {
		to <- d
	}
}

// Collect implements [prometheus.Collector]. Without an answer of the database the numbers are absent
// rather than wrong; readyz tells that it is away.
func (m taskMetrics) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrape)
	defer cancel()
	queue, kinds, err := m.hub.desk().Count(ctx)
	if err != nil {
		return
	}
	for _, k := range kinds {
		to <- prometheus.MustNewConstMetric(tasksOpen, prometheus.GaugeValue, float64(k.Open), string(k.Kind))
		to <- prometheus.MustNewConstMetric(tasksLoss, prometheus.GaugeValue, k.Loss, string(k.Kind))
	}
	to <- prometheus.MustNewConstMetric(tasksAnswered, prometheus.GaugeValue, float64(queue.Answered))
	to <- prometheus.MustNewConstMetric(tasksUnasked, prometheus.GaugeValue, float64(queue.Unasked))
}
