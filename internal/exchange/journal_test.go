package exchange

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/store"
)

type memoryRequests struct {
	rows  []store.RequestRow
	rules []store.RuleCount
}

func (m *memoryRequests) SaveRequests(_ context.Context, rows []store.RequestRow, rules []store.RuleCount) error {
	m.rows, m.rules = append(m.rows, rows...), append(m.rules, rules...)
	return nil
}

func (m *memoryRequests) TidyRequests(context.Context, time.Time, int) error { return nil }

// journalled is a door that notes requests, asked without a network: so that a
// request is noted when it has been answered.
func journalled(t *testing.T) (*fixture, func(r *http.Request) (store.RequestRow, Noted), *memoryRequests) {
	kept := &memoryRequests{}
	f := newFixture(t, func(f *fixture) {
		f.deps.Journal = &Journal{Store: kept, Clock: f.deps.Clock, Log: slog.New(slog.DiscardHandler)}
	})
	return f, func(r *http.Request) (store.RequestRow, Noted) {
		t.Helper()
		r.RequestURI, r.Host = "", r.URL.Host
		before := len(kept.rows)
		f.mux.ServeHTTP(httptest.NewRecorder(), r)
		f.deps.Journal.Flush(t.Context())
		if len(kept.rows) != before+1 {
			return store.RequestRow{}, Noted{}
		}
		row := kept.rows[before]
		var n Noted
		if err := json.Unmarshal(row.Body, &n); err != nil {
			t.Fatal(err)
		}
		return row, n
	}, kept
}

func sealedBid(key, name string) map[string]any {
	return map[string]any{"dataset": "507", "op": "insert", "key": key, "revision": "1", "fields": map[string]string{
		"TENDER_PROJECT_CODE": "E4101000001000001001", "BID_SECTION_CODE": "E4101000001000001001001", "BIDDER_NAME": name,
	}}
}

func TestJournalNotesWhatBecameOfRecords(t *testing.T) {
	f, ask, kept := journalled(t)
	row, n := ask(f.request(http.MethodPost, batches, typeJSON, batchOf(t, notice("a", "1", "甲"), notice("", "1", "乙"), sealedBid("planted-key", "planted-name"))))
	if row.Source != "zz" || row.Key != "zz-2026" || row.Route != "POST "+batches || row.Status != 200 || row.Rule != "" || !row.Listed {
		t.Errorf("%+v", row)
	}
	if n.Open.Accepted != 1 || n.Open.Defective != 1 || n.Open.Refused != 1 || n.Whole.Accepted != 2 || n.Whole.Refused != 1 || n.Bytes == 0 || n.Skew == nil || *n.Skew != 0 || !n.Plain {
		t.Errorf("%+v", n)
	}
	if strings.Contains(string(row.Body), "planted") || strings.Contains(string(row.Body), "甲") {
		t.Errorf("a value was noted: %s", row.Body)
	}
	accepted, refused := 0, 0
	for _, c := range kept.rules {
		if c.Day != "2026-03-02" || c.Source != "zz" || c.Dataset == "507" {
			t.Errorf("%+v", c)
		}
		if c.Refused {
			refused++
		} else {
			accepted++
		}
	}
	if accepted == 0 || refused == 0 {
		t.Errorf("rules: %+v", kept.rules)
	}
	counted := len(kept.rules)
	if _, n := ask(f.request(http.MethodPost, validate, typeJSON, batchOf(t, notice("x", "1", "甲")))); !n.Dry || n.Open.Accepted != 1 || len(kept.rules) != counted {
		t.Errorf("a dry run: %+v", n)
	}
}

// However many sealed records come, no list and no count shows a thing of it.
func TestJournalListsNothingOfSealedRecords(t *testing.T) {
	f, ask, kept := journalled(t)
	row, n := ask(f.request(http.MethodPost, batches, typeJSON, batchOf(t, sealedBid("a", "甲"), sealedBid("b", "乙"))))
	if row.ID == "" || row.Listed || n.Open.records() != 0 || n.Whole.Accepted != 2 || len(kept.rules) != 0 {
		t.Errorf("bids: %+v %s %+v", row, row.Body, kept.rules)
	}
	if row, _ = ask(f.request(http.MethodPost, batches, typeJSON, `nonsense`)); row.ID == "" || row.Rule != "X011" || row.Listed {
		t.Errorf("what nobody could read: %+v", row)
	}
	if row, _ = ask(f.request(http.MethodGet, "/exchange/v1/receipts/1", "", "")); row.ID == "" || row.Listed {
		t.Errorf("a receipt: %+v", row)
	}
}

func TestJournalNotesRefusedSignatures(t *testing.T) {
	f, ask, kept := journalled(t)
	body := batchOf(t, sealedBid("a", "planted"))
	wrong := f.request(http.MethodPost, batches, typeJSON, body)
	wrong.URL.Path = validate // signed for another address
	row, n := ask(wrong)
	if row.Source != "zz" || row.Status != 401 || row.Rule != "X006" || !row.Listed || !strings.Contains(n.Base, `"@path": `+validate) || n.Sent == "" || strings.Contains(string(row.Body), "planted") {
		t.Errorf("%+v %+v", row, n)
	}
	late := f.request(http.MethodPost, batches, typeJSON, body)
	f.now = f.now.Add(10 * time.Minute)
	if row, n = ask(late); row.Rule != "X004" || n.Skew == nil || *n.Skew != -600 {
		t.Errorf("%+v %s", row, row.Body)
	}
	f.signer.KeyID = "nobody"
	if row, _ = ask(f.request(http.MethodPost, batches, typeJSON, body)); row.ID != "" {
		t.Errorf("an unknown key's request is noted: %+v", row)
	}
	f.signer.KeyID = "zz-2026"
	for range 2 * strangers { // whoever they are that name the key
		wrong := f.request(http.MethodPost, batches, typeJSON, body)
		wrong.URL.Path = validate
		ask(wrong)
	}
	noted := 0
	for _, r := range kept.rows {
		if r.Status == 401 {
			noted++
		}
	}
	if noted > strangers+2 { // those of two minutes
		t.Errorf("%d refused signatures were noted", noted)
	}
}
