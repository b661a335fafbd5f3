package exchange

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/standard"
	"mingjing/internal/store/pgtest"
)

// BenchmarkDoor sends signed batches of 1,000 records over HTTP on loopback to a
// ledger on SQLite or PostgreSQL, four at a time: signature, decoding, checks, sealing,
// commitments, rows, receipts. "life" sends a tender's usual mix of data sets,
// of which a third are sealed whole; "open" and "sealed" send one data set.
func BenchmarkDoor(b *testing.B) {
	life := []string{"501", "502", "503", "504", "506", "507", "507", "519", "511", "513", "512", "9006"}
	for _, c := range []struct {
		name string
		sets []string
		dsn  func(testing.TB) []string
	}{
		{"sqlite/life", life, nil},
		{"sqlite/open", []string{"502"}, nil},
		{"sqlite/sealed", []string{"507"}, nil},
		{"postgres/life", life, func(t testing.TB) []string { return []string{pgtest.Database(t)} }},
	} {
		b.Run(c.name, func(b *testing.B) {
			var dsn []string
			if c.dsn != nil {
				dsn = c.dsn(b)
			}
			benchmarkDoor(b, c.sets, 1000, dsn)
		})
	}
}

func benchmarkDoor(b *testing.B, sets []string, size int, dsn []string) {
	var s *stack
	f := newFixture(b, func(f *fixture) {
		s = newStack(b, time.Now, false, dsn...)
		s.on(f)
		f.registry.Store = s.db
		f.deps.Limits.Rate = RateLimit{PerSecond: 1e6, Burst: 1e6}
		f.deps.Log = silent
		var ids atomic.Int64
		f.deps.NewID = func() string { return fmt.Sprint(ids.Add(1)) }
		src := f.source()
		src.Platforms = []string{standard.ExampleOrigin}
		f.register(src)
	})
	examples := make([]standard.Record, len(sets))
	for i, no := range sets {
		examples[i] = standard.Example(no)
	}
	// Bodies are made in advance: what is measured is the server (and the little
	// that an HTTP client does).
	var requests []*http.Request
	var bytesSent int64
	for n := range b.N {
		body := make([]byte, 0, size*1000)
		body = append(body, `{"platform":"`+standard.ExampleOrigin+`","records":[`...)
		for i := range size {
			r := examples[(n*size+i)%len(examples)]
			text, err := json.Marshal(wire{Dataset: r.Dataset, Op: "insert", Key: fmt.Sprintf("%d-%d", n, i), Revision: r.Revision, Occurred: r.Occurred, Fields: r.Fields})
			if err != nil {
				b.Fatal(err)
			}
			if i > 0 {
				body = append(body, ',')
			}
			body = append(body, text...)
		}
		body = append(body, "]}"...)
		q, err := http.NewRequest(http.MethodPost, f.server.URL+batches, bytes.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		q.Header.Set("Content-Type", typeJSON)
		if err := f.signer.Sign(q, body, f.now, ""); err != nil {
			b.Fatal(err)
		}
		requests = append(requests, q)
		bytesSent += int64(len(body))
	}
	next := make(chan *http.Request)
	var wg sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	for range 4 {
		wg.Go(func() {
			for q := range next {
				resp, err := http.DefaultClient.Do(q)
				if err != nil {
					b.Error(err)
					return
				}
				text, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil || resp.StatusCode != 200 || !bytes.Contains(text, fmt.Appendf(nil, `"accepted":%d`, size)) {
					b.Errorf("%d %.300s %v", resp.StatusCode, text, err)
				}
			}
		})
	}
	for _, q := range requests {
		next <- q
	}
	close(next)
	wg.Wait()
	b.StopTimer()
	if got := s.log.Size(); got != int64(b.N*size) {
		b.Errorf("%d records in the log, sent %d", got, b.N*size)
	}
	b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(bytesSent)/float64(b.N*size), "B/record")
}
