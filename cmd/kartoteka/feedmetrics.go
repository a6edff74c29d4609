package main

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kartoteka/feed"
	"kartoteka/feed/back"
	"kartoteka/store"
)

// feedMetrics are what the database knows of the ways out: the same whichever process is asked.
type feedMetrics struct {
	hub     *hub
	writers []*back.Writer

	mu    sync.Mutex
	read  time.Time
	feed  store.FeedStatus
	backs []store.BackStatus
	err   error
}

// freshness is how old the figures may be: counting records takes a while.
const freshness = 30 * time.Second

var (
	descLag       = prometheus.NewDesc("kartoteka_feed_lag_changes", "Changes that are not published yet.", nil, nil)
	descBehind    = prometheus.NewDesc("kartoteka_feed_behind_seconds", "Age of the oldest change that is not published yet.", nil, nil)
	descParked    = prometheus.NewDesc("kartoteka_feed_parked_codes", "Codes whose present message is too large to be sent.", nil, nil)
	descAsked     = prometheus.NewDesc("kartoteka_feed_resend_requests", "Open requests to send again.", nil, nil)
	descBackLive  = prometheus.NewDesc("kartoteka_back_records", "Live records of a source whose codes return to it.", []string{"source"}, nil)
	descBackThere = prometheus.NewDesc("kartoteka_back_delivered_records", "Of them, those whose present code was delivered.", []string{"source"}, nil)
	descBackLag   = prometheus.NewDesc("kartoteka_back_lag_changes", "Changes that a write-back has not looked at yet.", []string{"source"}, nil)
	descBackFails = prometheus.NewDesc("kartoteka_back_failures_total", "Deliveries of this process that failed.", []string{"source"}, nil)
)

// Describe implements [prometheus.Collector].
func (m *feedMetrics) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descLag, descBehind, descParked, descAsked, descBackLive, descBackThere, descBackLag, descBackFails} {
		to <- d
	}
}

// Collect implements [prometheus.Collector]. While the database does not answer the figures are absent.
func (m *feedMetrics) Collect(to chan<- prometheus.Metric) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refresh()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	for _, w := range m.writers {
		to <- prometheus.MustNewConstMetric(descBackFails, prometheus.CounterValue, float64(w.Failures()), string(w.Source))
	}
	if m.err != nil {
		return
	}
	gauge(descLag, float64(m.feed.Lag))
	gauge(descBehind, m.feed.Behind)
	gauge(descParked, float64(len(m.feed.Parked)))
	gauge(descAsked, float64(len(m.feed.Asked)))
	for _, b := range m.backs {
		gauge(descBackLive, float64(b.Live), string(b.Source))
		gauge(descBackThere, float64(b.Delivered), string(b.Source))
		gauge(descBackLag, float64(b.Lag), string(b.Source))
	}
}

// refresh reads the cheap figures each time, the records now and then.
func (m *feedMetrics) refresh() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if m.feed, m.err = m.hub.FeedStatus(ctx, feed.Role); m.err != nil || time.Since(m.read) < freshness {
		return
	}
	if m.backs, m.err = m.hub.backs(ctx); m.err == nil {
		m.read = time.Now()
	}
}
