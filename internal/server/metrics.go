package server

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"mingjing/internal/ledger"
)

// Metrics counts what happens. Labels are routes, classes of status and names
// of outcomes: never a value, never a data set.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	records  *prometheus.CounterVec
	appends  prometheus.Histogram
	handler  http.Handler
}

// NewMetrics makes the counters of one process.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mingjing_http_requests_total", Help: "Requests answered, by route and class of status."}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mingjing_http_request_seconds", Help: "Time to answer a request, by route.", Buckets: prometheus.ExponentialBuckets(0.001, 3, 9),
		}, []string{"route"}),
		records: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mingjing_records_total", Help: "Records handed to the log, by outcome."}, []string{"outcome"}),
		appends: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "mingjing_append_seconds", Help: "Time until a submission was durable.", Buckets: prometheus.ExponentialBuckets(0.001, 2, 13)}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.records, m.appends, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.handler = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	return m
}

func (m *Metrics) request(route string, status int, took time.Duration) {
	if status == 0 {
		status = http.StatusOK
	}
	m.requests.WithLabelValues(route, strconv.Itoa(status/100)+"xx").Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

// AppendFunc is the ledger's Append.
type AppendFunc func(ctx context.Context, s ledger.Submission) ([]ledger.Outcome, error)

// Timed returns append with its time and outcomes counted.
func (m *Metrics) Timed(next AppendFunc) AppendFunc {
	return func(ctx context.Context, s ledger.Submission) ([]ledger.Outcome, error) {
		start := time.Now()
		out, err := next(ctx, s)
		if err != nil {
			m.records.WithLabelValues("failed").Add(float64(len(s.Drafts)))
			return out, err
		}
		m.appends.Observe(time.Since(start).Seconds())
		for _, o := range out {
			name := "accepted"
			if o.Duplicate {
				name = "duplicate"
			}
			m.records.WithLabelValues(name).Inc()
		}
		return out, nil
	}
}

// watch adds the gauges that are read from the store and the log when asked.
func (m *Metrics) watch(cfg Config) {
	gauge := func(name, help string, read func() float64) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
	}
	gauge("mingjing_work_backlog", "Codes whose dockets wait to be folded again; -1 when the store does not answer.", func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		b, err := cfg.Store.Backlog(ctx)
		if err != nil {
			return -1
		}
		return float64(b.Codes)
	})
	if cfg.LogState == nil {
		return
	}
	gauge("mingjing_checkpoint_size", "Leaves under the published checkpoint.", func() float64 { return float64(cfg.LogState().Size) })
	gauge("mingjing_checkpoint_age_seconds", "Age of the newest published checkpoint.", func() float64 {
		return cfg.Clock().Sub(cfg.LogState().At).Seconds()
	})
	gauge("mingjing_log_halted", "1 when nothing may be appended because the log no longer fits a kept checkpoint.", func() float64 {
		if cfg.LogState().Halted != nil {
			return 1
		}
		return 0
	})
}

func (m *Metrics) serve(w http.ResponseWriter, r *http.Request) { m.handler.ServeHTTP(w, r) }
