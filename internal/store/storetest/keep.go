package storetest

import (
	"errors"
	"testing"
	"time"

	"mingjing/internal/ledger"
	"mingjing/internal/store"
)

func testSources(t *testing.T, db *store.DB) {
	ctx := t.Context()
	a := store.SourceRow{Name: "a", Kind: "public", Region: "330000", State: "active", Platforms: []string{"P1", "P2"}, Keys: []string{"k1"}, Body: []byte(`{"name":"a"}`)}
	b := store.SourceRow{Name: "B", Platforms: []string{"p1"}, Keys: []string{"K1"}, Body: []byte(`{"name":"B"}`)}
	must(t, db.PutSource(ctx, a))
	must(t, db.PutSource(ctx, b))
	bodies, err := db.SourceBodies(ctx)
	must(t, err)
	want(t, "bodies", bodies, [][]byte{b.Body, a.Body})
	for _, c := range []struct {
		name string
		read func() ([]byte, error)
		want []byte
	}{
		{"by name", func() ([]byte, error) { return db.SourceBody(ctx, "a") }, a.Body},
		{"by other case", func() ([]byte, error) { return db.SourceBody(ctx, "b") }, nil},
		{"by platform", func() ([]byte, error) { return db.SourceByPlatform(ctx, "P2") }, a.Body},
		{"by platform, case", func() ([]byte, error) { return db.SourceByPlatform(ctx, "p1") }, b.Body},
		{"by no platform", func() ([]byte, error) { return db.SourceByPlatform(ctx, "") }, nil},
		{"by key", func() ([]byte, error) { return db.SourceByKey(ctx, "K1") }, b.Body},
	} {
		got, err := c.read()
		must(t, err)
		want(t, c.name, got, c.want)
	}
	for name, taken := range map[string]store.SourceRow{
		"platform": {Name: "c", Platforms: []string{"P3", "P2"}, Body: []byte(`{}`)},
		"key":      {Name: "c", Keys: []string{"k1"}, Body: []byte(`{}`)},
		"twice":    {Name: "c", Keys: []string{"k9", "k9"}, Body: []byte(`{}`)},
	} {
		if err := db.PutSource(ctx, taken); !errors.Is(err, store.ErrTaken) {
			t.Errorf("%s: %v, needed is ErrTaken", name, err)
		}
	}
	none, err := db.SourceByPlatform(ctx, "P3")
	must(t, err)
	want(t, "nothing of a refused source is kept", none, nil)
	a.Platforms, a.Keys = []string{"P2", "P9"}, nil
	must(t, db.PutSource(ctx, a))
	none, err = db.SourceByPlatform(ctx, "P1")
	must(t, err)
	want(t, "given up platform", none, nil)
}

func testTokens(t *testing.T, db *store.DB) {
	ctx := t.Context()
	a := store.TokenRow{Digest: []byte{0, 1, 255}, Name: "审计", Created: day, Expires: day.Add(time.Hour), Body: []byte(`{"audience":"auditor"}`)}
	b := store.TokenRow{Digest: []byte{0, 1}, Name: "公众", Created: day, Body: []byte(`{}`)}
	must(t, db.PutToken(ctx, a))
	must(t, db.PutToken(ctx, b))
	got, err := db.Token(ctx, a.Digest)
	must(t, err)
	want(t, "token", got, &a)
	got, err = db.Token(ctx, []byte{0})
	must(t, err)
	want(t, "no token", got, nil)
	list, err := db.Tokens(ctx)
	must(t, err)
	want(t, "tokens", list, []store.TokenRow{b, a})
	must(t, db.DeleteToken(ctx, a.Digest))
	if err := db.DeleteToken(ctx, a.Digest); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("ending it twice: %v", err)
	}
}

func testKept(t *testing.T, db *store.DB) {
	ctx := t.Context()
	q := store.QuarantineRow{ID: "q1", Received: day, Source: "a", Key: "k", Rule: "S001", Bytes: []byte{0, 255}}
	changed := q
	changed.Rule = "S002"
	must(t, db.PutQuarantine(ctx, []store.QuarantineRow{q, {ID: "q2", Received: day.Add(time.Second), Source: "b", Bytes: []byte{1}}}))
	must(t, db.PutQuarantine(ctx, []store.QuarantineRow{changed}))
	must(t, db.PutQuarantine(ctx, nil))
	list, err := db.Quarantine(ctx, "a", time.Time{}, 0)
	must(t, err)
	want(t, "quarantine", list, []store.QuarantineRow{q})
	list, err = db.Quarantine(ctx, "", day.Add(time.Second), 0)
	must(t, err)
	want(t, "since", len(list), 1)
	counts, err := db.CountQuarantine(ctx)
	must(t, err)
	want(t, "counts", counts, map[string]int64{"a": 1, "b": 1})

	for i, body := range []string{"1", "2"} {
		must(t, db.PutSetting(ctx, store.SettingRow{Name: "A02", Since: day.Add(time.Duration(i) * time.Hour), Body: []byte(body)}))
	}
	for at, body := range map[time.Duration]string{0: "1", 59 * time.Minute: "1", time.Hour: "2", 24 * time.Hour: "2"} {
		s, err := db.Setting(ctx, "A02", day.Add(at))
		must(t, err)
		want(t, "setting after "+at.String(), string(s.Body), body)
	}
	s, err := db.Setting(ctx, "A02", day.Add(-1))
	must(t, err)
	want(t, "before the first", s, nil)
	settings, err := db.Settings(ctx)
	must(t, err)
	want(t, "settings", len(settings), 2)

	e := store.EditionRow{ID: "e1", Subject: "A02/330000", Position: 9, Made: day, Body: []byte(`{}`)}
	must(t, db.PutEdition(ctx, e))
	if err := db.PutEdition(ctx, e); !errors.Is(err, store.ErrTaken) {
		t.Errorf("an edition was changed: %v", err)
	}
	got, err := db.Edition(ctx, e.Subject, day)
	must(t, err)
	want(t, "edition", got, &e)
	got, err = db.Edition(ctx, e.Subject, day.Add(-time.Second))
	must(t, err)
	want(t, "no edition yet", got, nil)

	d := store.DocumentRow{Digest: []byte{1, 0}, Received: day, Source: "a", ContentType: "application/json", Bytes: []byte("\x00\xff")}
	must(t, db.PutDocument(ctx, d))
	must(t, db.PutDocument(ctx, d))
	doc, err := db.Document(ctx, d.Digest)
	must(t, err)
	want(t, "document", doc, &d)

	must(t, db.PutMeta(ctx, "name", []byte{0, 1}))
	must(t, db.PutMeta(ctx, "empty", nil))
	v, err := db.Meta(ctx, "name")
	must(t, err)
	want(t, "meta", v, []byte{0, 1})
	v, err = db.Meta(ctx, "empty")
	must(t, err)
	want(t, "empty is not none", v != nil && len(v) == 0, true)
	v, err = db.Meta(ctx, "Name")
	must(t, err)
	want(t, "no meta", v, nil)
	must(t, db.Ping(ctx))
}

func testCounts(t *testing.T, db *store.DB) {
	mustAdd(t, db, 6, func(i int, r *ledger.Row) {
		// 15:59:59 UTC is still the day, 16:00 is the next one in +08:00.
		r.Received = time.Date(2026, 3, 1, 15, 59, 59, 0, time.UTC).Add(time.Duration(i/3) * time.Second)
		switch i % 3 {
		case 1:
			r.Problems = []byte(`[{"rule":"S012"}]`)
		case 2: // sealed: counted nowhere
			r.Dataset, r.Problems = "", []byte(`[{"rule":"S012"}]`)
		}
	})
	mustAdd(t, db, 1, func(_ int, r *ledger.Row) {
		r.Received, r.Problems = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC), []byte("[]")
	})
	mustAdd(t, db, 1, func(_ int, r *ledger.Row) { // what a person did: counted nowhere
		r.Received, r.Author = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC), ledger.Author{Kind: "person", ID: "p1"}
	})
	got, err := db.Counts(t.Context(), "2026-03-02")
	must(t, err)
	want(t, "counts", got, []store.Count{{Day: "2026-03-02", Source: "zz-ggzy", Dataset: "501", Records: 3, Defective: 1}})
	got, err = db.Counts(t.Context(), "")
	must(t, err)
	want(t, "days", len(got), 2)
	want(t, "first day", got[0], store.Count{Day: "2026-03-01", Source: "zz-ggzy", Dataset: "501", Records: 2, Defective: 1})
}
