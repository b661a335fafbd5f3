package refold

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

// TestRecomputeGivesTheSame: whatever the order in which records come, with a
// run of the worker after each or after many, the findings that stand in the
// end, judged in few words docket by docket, are those that a full recompute
// gives: of the stored folds as they are, and of folds made anew of the whole
// log. Some of them fire, or it would say little.
func TestRecomputeGivesTheSame(t *testing.T) {
	terse := func(c *Config) {
		c.Evaluate = func(d *docket.Docket, at time.Time) []detect.Finding {
			return detect.Evaluate(d, detect.Env{At: at, Terse: true})
		}
	}
	for seed := range uint64(5) {
		b := newBench(t, terse)
		b.clock.set(at("2018-05-01 09:00"))
		records := script()
		for n := 1; n <= 3; n++ {
			records = append(records,
				rec("519", fmt.Sprint("M", n), "BID_SECTION_CODE", lot1, "BIDDER_NAME", fmt.Sprint("投标人", n), "BIDDER_ORG_CODE", fmt.Sprintf("9141000000000000%02d", n), "CPU_ID", "BFEBFBFF000906EA",
					"MAC_ADDRESS", "00-1a-2b-3c-4d-5e", "HARD_DISK_SERIAL_NUMBER", "WD-WCC4E1234567", "NET_ID", "123.5.6.7", "TENDER_DOC_SUBMITTIME", "20180320100000"),
				rec("9018", fmt.Sprint("W", n), "BID_SECTION_CODE", lot1, "WIN_NOTICE_SEND_TIME", "20180403090000", "WIN_BIDDER_NAME", "投标人2", "BID_AMOUNT", fmt.Sprint(900000*n), "PRICE_UNIT", "0"))
		}
		records = append(records, rec("512", "C2", "BID_SECTION_CODE", lot1, "CONTRACT_SIGN_TIME", "20181220", "CONTRACT_PRICE", "1", "PRICE_UNIT", "1"),
			with(rec("503", "N1"), func(r *standard.Record) { r.Op, r.Revision = standard.Delete, "0" })) // older than what it would delete
		r := rand.New(rand.NewPCG(seed, 7))
		if seed > 0 {
			r.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		}
		for i, one := range records {
			b.send(one)
			if seed < 2 || r.IntN(4) == 0 {
				b.clock.set(at("2018-05-01 09:00").Add(time.Duration(i) * time.Hour))
				b.drain()
			}
		}
		b.clock.set(at("2019-02-01 09:00"))
		b.drain()
		b.deep()
		row, err := b.db.Docket(t.Context(), ten)
		if err != nil {
			t.Fatal(err)
		}
		_, anew, err := b.worker.make(t.Context(), ten, false, true)
		if err != nil {
			t.Fatal(err)
		}
		kept, err := b.db.DocketFindings(t.Context(), ten)
		if err != nil {
			t.Fatal(err)
		}
		have := map[string]string{}
		fired := map[string]bool{}
		for _, f := range kept {
			have[f.Key] = string(f.Body)
			fired[f.Indicator] = true
		}
		for _, id := range []string{"A07", "D01", "D04", "K02", "K06"} {
			if !fired[id] {
				t.Errorf("order %d: %s did not fire; these did: %v", seed, id, fired)
			}
		}
		for from, d := range map[string]*docket.Docket{"stored": b.docket(ten), "made anew": anew} {
			found := detect.Evaluate(d, detect.Env{At: row.Evaluated})
			if v := detect.Vector(found); v != row.Vector {
				t.Errorf("order %d, fold %s: vector\n%s, kept\n%s", seed, from, v, row.Vector)
			}
			want := map[string]string{}
			for _, f := range found {
				if f.State == detect.Fired || f.State == detect.Failed {
					body, err := json.Marshal(f)
					if err != nil {
						t.Fatal(err)
					}
					want[f.Key] = string(body)
				}
			}
			if diff := differing(want, have); diff != "" {
				t.Errorf("order %d, fold %s: %s", seed, from, diff)
			}
		}
		if i := slices.IndexFunc(kept, func(f store.FindingRow) bool { return f.State == string(detect.Failed) }); i >= 0 {
			t.Errorf("order %d: failed: %s", seed, kept[i].Body)
		}
	}
}

func differing(want, have map[string]string) string {
	var out []string
	for key, w := range want {
		if have[key] != w {
			out = append(out, fmt.Sprintf("recomputed %s, kept %q", w, have[key]))
		}
	}
	for key, h := range have {
		if want[key] == "" {
			out = append(out, "kept and not recomputed: "+h)
		}
	}
	return strings.Join(out, "\n")
}
