package cardinal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"
)

// sample writes n releases of the size and make that publishers' have: about
// 5 kB each, of which indicators look at a tenth. The same n gives the same
// bytes.
func sample(n int) []byte {
	rnd := rand.New(rand.NewPCG(1, uint64(n)))
	words := strings.Fields("road bridge school hospital supply equipment maintenance design survey water drainage service consulting computer medical reagent vehicle furniture")
	text := func(n int) string {
		w := make([]string, n)
		for i := range w {
			w[i] = words[rnd.IntN(len(words))]
		}
		return strings.Join(w, " ")
	}
	type m = map[string]any
	pick := func(of ...string) string { return of[rnd.IntN(len(of))] }
	stamp := func(t time.Time) string { return t.Format(time.RFC3339) }
	money := func(v float64) m { return m{"amount": float64(int(v*100)) / 100, "currency": "CNY"} }
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	for i := range n {
		ocid := fmt.Sprintf("ocds-sample-%08d", i)
		buyer := fmt.Sprintf("B%04d", rnd.IntN(800))
		start := time.Date(2024, 1, 1, 0, rnd.IntN(1_000_000), 0, 0, time.UTC)
		end := start.AddDate(0, 0, 2+rnd.IntN(40))
		estimate := 1e5 + 1e6*rnd.ExpFloat64()
		var bids, parties, tenderers []m
		address := func() m {
			return m{"streetAddress": fmt.Sprintf("No. %d Industry Road", rnd.IntN(999)), "locality": "Luoyang", "region": "Henan", "countryName": "China"}
		}
		parties = append(parties, m{"id": buyer, "name": "Buyer " + buyer, "roles": []string{"buyer", "procuringEntity"}, "address": address(), "contactPoint": m{"name": "Office", "email": "office@example.org"}})
		for j := range 1 + rnd.IntN(7) {
			s := rnd.IntN(20_000)
			who := m{"id": fmt.Sprintf("S%06d", s), "name": fmt.Sprintf("Supplier %d Co., Ltd.", s)}
			tenderers = append(tenderers, who)
			bids = append(bids, m{
				"id": fmt.Sprintf("%s-bid-%d", ocid, j), "date": stamp(end.Add(time.Duration(30-rnd.IntN(4000)) * time.Minute)),
				"status": pick("valid", "valid", "valid", "valid", "valid", "valid", "disqualified", "withdrawn", "pending"), "tenderers": []m{who}, "value": money(estimate * (0.75 + rnd.Float64()/4)),
			})
			parties = append(parties, m{"id": who["id"], "name": who["name"], "roles": []string{"tenderer"}, "identifier": m{"scheme": "CN-USCC", "id": fmt.Sprintf("91410100%010d", s)}, "address": address()})
		}
		var items []m
		for k := range 1 + rnd.IntN(5) {
			items = append(items, m{
				"id": fmt.Sprint(k), "description": text(8), "quantity": 1 + rnd.IntN(500), "unit": m{"name": "unit", "value": money(5000 * rnd.Float64())},
				"classification": m{"scheme": "CPV", "id": fmt.Sprintf("%08d", 1_000_000+rnd.IntN(98_000_000)), "description": text(4)},
			})
		}
		won := bids[rnd.IntN(len(bids))]
		_ = enc.Encode(m{
			"ocid": ocid, "id": ocid + "-c", "date": stamp(end), "tag": []string{"compiled"}, "language": "en", "parties": parties, "buyer": m{"id": buyer, "name": "Buyer " + buyer},
			"planning": m{"budget": m{"amount": money(estimate), "project": text(6)}},
			"tender": m{
				"id": ocid + "-t", "title": text(10), "description": text(40), "status": pick("complete", "complete", "complete", "active", "cancelled"), "procurementMethod": pick("open", "selective", "limited"),
				"procurementMethodDetails": pick("Open tender", "Restricted", "Direct"), "procuringEntity": m{"id": buyer, "name": "Buyer " + buyer}, "value": money(estimate),
				"tenderPeriod": m{"startDate": stamp(start), "endDate": stamp(end)}, "numberOfTenderers": len(bids), "tenderers": tenderers, "items": items,
			},
			"bids": m{"details": bids},
			"awards": []m{{
				"id": ocid + "-a", "status": pick("active", "active", "active", "active", "pending", "cancelled"), "date": stamp(end.AddDate(0, 0, 9)), "value": won["value"], "suppliers": won["tenderers"], "items": items,
			}},
			"contracts": []m{{"id": ocid + "-k", "awardID": ocid + "-a", "status": "active", "dateSigned": stamp(end.AddDate(0, 0, 25)), "value": won["value"]}},
		})
	}
	return out.Bytes()
}

// processor gives the processor time that the process has used, user and
// system: on a machine with other work the clock says little.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// reportProcessor adds the megabytes that a second of processor time reads.
func reportProcessor(b *testing.B, from time.Duration, bytes int) {
	b.ReportMetric(float64(bytes)*float64(b.N)/1e6/(processor(b)-from).Seconds(), "cpuMB/s")
}

// All eleven indicators by one worker: the bytes a second are those of one
// processor.
func BenchmarkAnalyze(b *testing.B) { benchmarkAnalyze(b, 1) }

// All eleven by as many workers as there are processors.
func BenchmarkAnalyzeParallel(b *testing.B) { benchmarkAnalyze(b, 0) }

func benchmarkAnalyze(b *testing.B, workers int) {
	data := sample(4000)
	s := Default().All()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	from := processor(b)
	defer func() { reportProcessor(b, from, len(data)) }()
	for b.Loop() {
		if _, err := Analyze(bytes.NewReader(data), s, Options{Workers: workers}); err != nil {
			b.Fatal(err)
		}
	}
}

// The standard library's check alone, as a measure of the machine.
func BenchmarkStandardValid(b *testing.B) {
	data := sample(4000)
	b.SetBytes(int64(len(data)))
	from := processor(b)
	defer func() { reportProcessor(b, from, len(data)) }()
	for b.Loop() {
		for line := range bytes.Lines(data) {
			if !json.Valid(line) {
				b.Fatal("no JSON")
			}
		}
	}
}

// The scanner alone, to know what the indicators cost above it.
func BenchmarkSkip(b *testing.B) {
	data := sample(4000)
	b.SetBytes(int64(len(data)))
	from := processor(b)
	defer func() { reportProcessor(b, from, len(data)) }()
	for b.Loop() {
		if err := newIntake(bytes.NewReader(data), Options{}).run(1, func(int) lineReader { return &skipper{} }); err != nil {
			b.Fatal(err)
		}
	}
}

type skipper struct{ scanner }

func (s *skipper) line(_ *chunk, _, n int, b []byte) (fault, int) {
	s.reset(b)
	s.done(b[:n], s.skip(0))
	return s.why, s.where
}
