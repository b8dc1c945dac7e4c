package serve

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
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
	counter("clock_missed_total", "Ticks that were given up.", func() float64 { return float64(s.clock.Stats().Missed) })
	counter("drafts_adopted_total", "Drafts that became replies.", func() float64 { a, _ := s.hub.Drafts(); return float64(a) })
	counter("drafts_wasted_total", "Drafts that were thrown away.", func() float64 { _, w := s.hub.Drafts(); return float64(w) })
	counter("voice_cache_hits_total", "Sentences that were played from memory.", func() float64 { h, _, _ := s.mouth.Stats(); return float64(h) })
	gauge("passages", "Passages of knowledge.", func() float64 { return float64(s.index.Len()) })
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{})
}
