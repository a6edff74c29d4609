package feed

import "github.com/prometheus/client_golang/prometheus"

// metric is one number of a dispatcher.
type metric struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(Status) float64
}

var metrics = []metric{
	{describe("leading", "1 if this process publishes.", ""), prometheus.GaugeValue, func(s Status) float64 {
		if s.Leading {
			return 1
		}
		return 0
	}},
	{describe("sent_position", "Position of the change log up to which this process has sent.", ""), prometheus.GaugeValue, func(s Status) float64 { return float64(s.Sent) }},
	{describe("published_position", "Position of the change log up to which everything is published for sure.", ""), prometheus.GaugeValue, func(s Status) float64 { return float64(s.Published) }},
	{describe("messages_total", "Messages sent.", "golden"), prometheus.CounterValue, func(s Status) float64 { return float64(s.Golden) }},
	{describe("messages_total", "Messages sent.", "events"), prometheus.CounterValue, func(s Status) float64 { return float64(s.Events) }},
	{describe("messages_total", "Messages sent.", "crosswalk"), prometheus.CounterValue, func(s Status) float64 { return float64(s.Crosswalk) }},
	{describe("failures_total", "Attempts to publish that failed.", ""), prometheus.CounterValue, func(s Status) float64 { return float64(s.Failures) }},
	{describe("parked_total", "Messages that were too large.", ""), prometheus.CounterValue, func(s Status) float64 { return float64(s.Parked) }},
}

func describe(name, help, topic string) *prometheus.Desc {
	labels := prometheus.Labels{}
	if topic != "" {
		labels["topic"] = topic
	}
	return prometheus.NewDesc("kartoteka_feed_"+name, help, nil, labels)
}

// Describe implements [prometheus.Collector].
func (d *Dispatcher) Describe(to chan<- *prometheus.Desc) {
	for _, m := range metrics {
		to <- m.desc
	}
}

// Collect implements [prometheus.Collector].
func (d *Dispatcher) Collect(to chan<- prometheus.Metric) {
	s := d.Status()
	for _, m := range metrics {
		to <- prometheus.MustNewConstMetric(m.desc, m.kind, m.value(s))
	}
}
