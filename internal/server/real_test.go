package server

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/province"
	"mingjing/internal/refold"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

// realHouse is a server over a real log, store and worker, into which simulated
// trading systems sent some dockets, as far as their life has come.
func realHouse(t *testing.T, dockets int) (*house, []standard.Record) {
	t.Helper()
	dir, ctx := t.TempDir(), t.Context()
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(dir, "m.db"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := ledger.OpenKeyring(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	l, err := ledger.Open(ctx, db, keys, ledger.Options{Name: "test.example/log", Clock: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(l.Close(), keys.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	sent, _ := province.Generate(1, dockets, at)
	for i, n := 0, len(sent); i < n; i++ { // every tender notice is corrected once
		if r := sent[i].Record; r.Dataset == "503" {
			r.Fields = maps.Clone(r.Fields)
			r.Op, r.Revision, r.Fields["NOTICE_CONTENT"] = standard.Update, r.Revision+"9", "更正后的公告"
			sent = append(sent, province.Sending{Record: r})
		}
	}
	sub := ledger.Submission{Author: ledger.Author{Kind: "source", ID: "simulated"}, History: true}
	var records []standard.Record
	for _, s := range sent {
		records = append(records, s.Record)
		d := ledger.Draft{Record: s.Record, Standard: "2.0", Sealing: standard.Default().Sealing(&s.Record)}
		for _, code := range docket.Codes(&s.Record) {
			d.Codes = append(d.Codes, string(code))
		}
		sub.Drafts = append(sub.Drafts, d)
	}
	for from := 0; from < len(sub.Drafts); from += 400 {
		part := sub
		part.Drafts = sub.Drafts[from:min(from+400, len(sub.Drafts))]
		if _, err := l.Append(ctx, part); err != nil {
			t.Fatal(err)
		}
	}
	worker := refold.New(refold.Config{Store: db, Ledger: l, Catalogue: standard.Default(), Clock: func() time.Time { return at }})
	if err := worker.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	h := &house{log: &strings.Builder{}}
	if h.server, err = New(Config{Store: db, Ledger: l, Readings: &refold.Readings{Store: db, Ledger: l}, Readers: testReaders{}, Subjects: refold.Subjects{Store: db, Ledger: l}, Clock: func() time.Time { return at.Add(time.Second) }}); err != nil {
		t.Fatal(err)
	}
	return h, records
}

// Over a real log: every record that the public sees with its place in the log
// comes with salts that fit its leaf, and what is sealed still is nowhere.
func TestRealLog(t *testing.T) {
	h, records := realHouse(t, 10)
	text, opened, sealed, proved, several := "", 0, 0, 0, 0
	list := decode[DocketList](t, h.get("/api/v1/dockets?limit=200", ""))
	unopened := map[string]bool{}
	for _, head := range list.Items {
		w := h.get("/api/v1/dockets/"+head.ID, "")
		text += w.Body.String()
		v := decode[disclose.Docket](t, w)
		for _, lot := range v.Lots {
			if lot.Moment == "before" {
				sealed++
				unopened[lot.Code] = true
			} else if opened++; len(lot.Bids) < 3 {
				t.Errorf("lot %s is opened with %d bids", lot.Code, len(lot.Bids))
			}
		}
		for _, e := range v.Entries {
			if e.Position == nil {
				continue
			}
			d := decode[ledger.Disclosed](t, h.get(fmt.Sprintf("/api/v1/records/%d/disclosed", *e.Position), ""))
			if err := ledger.CheckDisclosed(&d); err != nil {
				t.Errorf("record %d: %v", *e.Position, err)
			}
			proved++
			w := h.get(fmt.Sprintf("/api/v1/records/%d/versions", *e.Position), "")
			text += w.Body.String()
			if e.Received == nil {
				if w.Code != 404 {
					t.Errorf("record %d: its history is shown though the view does not show when it came", *e.Position)
				}
				continue
			}
			checkVersions(t, &e, decode[RecordVersions](t, w))
			if e.Versions > 1 {
				several++
			}
		}
		sheet := h.get("/api/v1/dockets/"+head.ID+"/sheet", "")
		text += sheet.Body.String()
		if s := decode[disclose.Sheet](t, sheet); len(s.Bodies) == 0 || s.Card.Title != head.Title {
			t.Errorf("sheet of %s: %d bodies, title %q", head.ID, len(s.Bodies), s.Card.Title)
		}
	}
	projects := 0
	for _, r := range records {
		if r.Dataset != "501" {
			continue
		}
		path := "/api/v1/projects/" + r.Fields["PROJECT_CODE"]
		w := h.get(path, "")
		text += w.Body.String() + h.get("/project/"+r.Fields["PROJECT_CODE"], "").Body.String() + h.get(path, "auditor").Body.String()
		p := decode[disclose.Project](t, w)
		if !slices.ContainsFunc(p.Transactions, func(tr disclose.Transaction) bool { return tr.ID == r.Fields["TENDER_PROJECT_CODE"] }) {
			t.Errorf("project %s does not name %s", p.Code, r.Fields["TENDER_PROJECT_CODE"])
		}
		projects++
	}
	if projects < 10 {
		t.Errorf("%d projects", projects)
	}
	if w := h.get("/api/v1/projects/nowhere", "auditor"); w.Code != 404 {
		t.Errorf("a project that nobody named: %d", w.Code)
	}
	if len(list.Items) != 10 || opened == 0 || proved < 50 || several == 0 {
		t.Fatalf("%d dockets, %d lots opened, %d sealed, %d records proved, %d of several versions: too little to tell", len(list.Items), opened, sealed, proved, several)
	}
	// What was sent sealed for lots that are not opened, and all personal numbers.
	secrets := 0
	for _, r := range records {
		ds := standard.Default().Dataset(r.Dataset)
		for name, value := range r.Fields {
			f := ds.Field(name)
			personal := f != nil && f.Seal == standard.Personal
			shut := ds.Seal != standard.Open && unopened[r.Fields["BID_SECTION_CODE"]] && f != nil && (name == "BID_PRICE" || name == "CPU_ID")
			if (personal || shut) && len(value) > 6 {
				secrets++
				if strings.Contains(text, `"`+value+`"`) {
					t.Errorf("%s.%s is shown", r.Dataset, name)
				}
			}
		}
	}
	if secrets < 20 {
		t.Fatalf("only %d secrets were looked for", secrets)
	}
}

// checkVersions compares the versions of a row with what the view shows of it.
func checkVersions(t *testing.T, e *disclose.Entry, v RecordVersions) {
	t.Helper()
	if len(v.Versions) != e.Versions || v.Dataset != e.Dataset {
		t.Errorf("record %d: %d versions of %s, the view says %d of %s", *e.Position, len(v.Versions), v.Dataset, e.Versions, e.Dataset)
		return
	}
	current := slices.DeleteFunc(slices.Clone(v.Versions), func(r RecordVersion) bool { return !r.Current })
	if len(current) != 1 {
		t.Errorf("record %d: %d versions hold", *e.Position, len(current))
		return
	}
	for _, f := range e.Fields {
		if f.State == disclose.Sealed || f.State == disclose.Hidden {
			if slices.ContainsFunc(current[0].Fields, func(o VersionField) bool { return o.Name == f.Name }) {
				t.Errorf("record %d: %s is %s and stands in its versions", *e.Position, f.Name, f.State)
			}
			continue
		}
		if !slices.ContainsFunc(current[0].Fields, func(o VersionField) bool { return o.Name == f.Name && o.Value == f.Value }) {
			t.Errorf("record %d: %s is not %q in the current version", *e.Position, f.Name, f.Value)
		}
	}
}
