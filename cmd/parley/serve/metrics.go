package serve

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"parley/media/room"
)

// metrics are what Prometheus is told, prefix parley_.
func (s *server) metrics() http.Handler {
	r := prometheus.NewRegistry()
	gauge := func(name, help string, f func() float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "parley_" + name, Help: help}, f))
	}
	counter := func(name, help string, f func() float64) {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "parley_" + name, Help: help}, f))
	}
	gauge("calls", "Calls that are up.", func() float64 { return float64(s.calls.Len()) })
	counter("calls_accepted_total", "SDP offers that were accepted.", func() float64 { return float64(s.rtc.Stats().Accepted) })
	counter("calls_refused_total", "SDP offers that were refused.", func() float64 { return float64(s.rtc.Stats().Refused) })
	gauge("clock_late_p99_seconds", "How late rooms' ticks begin, since the start.", func() float64 {
		st := s.clock.Stats()
		return st.Late.Quantile(0.99).Seconds()
	})
	r.MustRegister(&s.faults, s.spend)
	r.MustRegister(lateness{s.clock, prometheus.NewDesc("parley_clock_late_seconds", "How late rooms' ticks begin.", nil, nil)})
	counter("clock_missed_total", "Ticks that were given up.", func() float64 { return float64(s.clock.Stats().Missed) })
	counter("drafts_adopted_total", "Drafts that became replies.", func() float64 { a, _ := s.hub.Drafts(); return float64(a) })
	counter("drafts_wasted_total", "Drafts that were thrown away.", func() float64 { _, w := s.hub.Drafts(); return float64(w) })
	counter("voice_cache_hits_total", "Sentences that were played from memory.", func() float64 { h, _, _ := s.mouth.Stats(); return float64(h) })
	counter("webhooks_delivered_total", "Events that webhooks were told of.", func() float64 { d, _, _ := s.hooks.Stats(); return float64(d) })
	counter("webhooks_retried_total", "Attempts to tell webhooks that failed and are made again.", func() float64 { _, r, _ := s.hooks.Stats(); return float64(r) })
	counter("webhooks_given_up_total", "Events that webhooks were not told of in the end.", func() float64 { _, _, l := s.hooks.Stats(); return float64(l) })
	if s.phones != nil {
		s.phones.measure(gauge, counter)
	}
	gauge("passages", "Passages of knowledge.", func() float64 { return float64(s.index.Len()) })
	gauge("passage_vectors", "Passages of knowledge that have a vector.", s.find.vectorised)
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{})
}

// lateness tells how a clock keeps time.
type lateness struct {
	clock *room.Clock
	desc  *prometheus.Desc
}

var lateBounds = []time.Duration{250 * time.Microsecond, 500 * time.Microsecond, time.Millisecond, 2 * time.Millisecond, 3 * time.Millisecond,
	4 * time.Millisecond, 5 * time.Millisecond, 7 * time.Millisecond, 10 * time.Millisecond, 15 * time.Millisecond, 20 * time.Millisecond,
	30 * time.Millisecond, 50 * time.Millisecond, 75 * time.Millisecond}

// Describe implements prometheus.Collector.
func (l lateness) Describe(c chan<- *prometheus.Desc) { c <- l.desc }

// Collect implements prometheus.Collector.
func (l lateness) Collect(c chan<- prometheus.Metric) {
	h := l.clock.Stats().Late
	buckets := map[float64]uint64{}
	for _, b := range lateBounds {
		buckets[b.Seconds()] = uint64(h.Within(b))
	}
	c <- prometheus.MustNewConstHistogram(l.desc, uint64(h.Count()), h.Sum().Seconds(), buckets)
}
