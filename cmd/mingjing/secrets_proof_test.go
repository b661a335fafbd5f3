package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"mingjing/internal/ledger"
	"mingjing/internal/standard"
)

// write keeps bytes in a file of the test.
func write(t *testing.T, name string, body []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// released gives the log position of an opened bid.
func (o *office) released(p *plant) int64 {
	o.t.Helper()
	for _, e := range o.view(atPublic, p.tender).Entries {
		if e.Dataset == "507" && e.Position != nil {
			return *e.Position
		}
	}
	o.t.Fatal("no opened bid has a position")
	return 0
}

// proof: what is shown of an opened bid, and a receipt, verify from outside,
// and nothing that was altered does.
func (o *office) proof(t *testing.T, p *plant) {
	at := o.released(p)
	verify := func(flag string, body []byte) (string, int) {
		return o.try("verify", "--url", o.server.url, flag, write(t, "shown.json", body))
	}
	shown := map[string][]byte{}
	for _, seat := range []string{atPublic, atAuditor} {
		a := o.get(seat, fmt.Sprintf("/api/v1/records/%d/disclosed", at))
		if a.status != 200 {
			t.Fatalf("%s asks for an opened bid's fields: %d %s", seat, a.status, a.body)
		}
		shown[seat] = a.body
		o.until("the checkpoint covers the bid", func() bool { _, status := verify("--disclosed", a.body); return status == 0 })
	}
	name := []byte(p.bidder(1))
	for i := 2; !bytes.Contains(shown[atPublic], name); i++ {
		name = []byte(p.bidder(i))
	}
	hidden := newHunt()
	p.hunt(hidden, ofCommittee, ofPerson)
	hidden.none(t, "the auditor's proof", shown[atAuditor])
	hidden.mark("a bidder's code", p.firm(ofBid))
	hidden.none(t, "the public's proof", shown[atPublic])
	if !bytes.Contains(shown[atAuditor], []byte(p.firm(ofBid))) {
		t.Error("the auditor's proof has no bidder's code")
	}
	var doc ledger.Disclosed
	if err := json.Unmarshal(shown[atPublic], &doc); err != nil {
		t.Fatal(err)
	}
	fewer := doc
	fewer.Commitments = doc.Commitments[1:]
	dropped, err := json.Marshal(fewer)
	if err != nil {
		t.Fatal(err)
	}
	for what, altered := range map[string][]byte{
		"another bidder": bytes.Replace(shown[atPublic], name, []byte("别的公司"), 1),
		"another price":  bytes.Replace(shown[atPublic], []byte(p.amount(ofBid)), []byte("10000000"), 1),
		"another place":  bytes.Replace(shown[atPublic], fmt.Appendf(nil, `"position":%d`, at), fmt.Appendf(nil, `"position":%d`, at-1), 1),
		"a field less":   dropped,
	} {
		if bytes.Equal(altered, shown[atPublic]) {
			t.Fatalf("%s: nothing was altered in %s", what, altered)
		}
		if out, status := verify("--disclosed", altered); status != 1 || !strings.Contains(out, "TROUBLE") {
			t.Errorf("%s: verify ended with %d:\n%s", what, status, out)
		}
	}

	// A receipt, as the door answers it to a batch and as it gives it later with its proof.
	a, positions := o.batch(0, p.record(t, "503", 7, nil), p.record(t, "507", 8, map[string]string{"TENDER_PROJECT_CODE": p.tender + "9"}))
	var taken struct {
		Answers []struct {
			Receipt json.RawMessage `json:"receipt"`
		} `json:"answers"`
	}
	if err := json.Unmarshal(a.body, &taken); err != nil {
		t.Fatal(err)
	}
	receipts := map[string][]byte{"whole answer": a.body}
	for i, at := range positions {
		receipts["of the answer "+strconv.Itoa(i)] = taken.Answers[i].Receipt
		var got *answer
		o.until("the receipt has its proof", func() bool {
			got = o.signed(0, http.MethodGet, fmt.Sprintf("/exchange/v1/receipts/%d", at), nil, nil)
			return got.status == 200
		})
		receipts["with proof "+strconv.Itoa(i)] = got.body
		if !bytes.Contains(got.body, []byte(`"proof":`)) {
			t.Errorf("the receipt has no proof: %s", got.body)
		}
		if other := o.signed(1, http.MethodGet, fmt.Sprintf("/exchange/v1/receipts/%d", at), nil, nil); other.status != 404 {
			t.Errorf("another system gets the receipt: %d %s", other.status, other.body)
		}
	}
	for what, body := range receipts {
		if out, status := verify("--receipt", body); status != 0 {
			t.Errorf("receipt %s: verify ended with %d:\n%s", what, status, out)
		}
		i := bytes.Index(body, []byte(`"leaf":"`)) + len(`"leaf":"`)
		altered := bytes.Clone(body)
		if altered[i]++; body[i] == '9' || body[i] == 'f' { // another hex digit
			altered[i] = '0'
		}
		if out, status := verify("--receipt", altered); status != 1 || !strings.Contains(out, "TROUBLE") {
			t.Errorf("altered receipt %s: verify ended with %d:\n%s", what, status, out)
		}
	}
}

// erasure: by a lawful order a value goes from everywhere, and verify says so
// and not that something was altered. The server does not run.
func (o *office) erasure(t *testing.T, p, sealed *plant) {
	ctx := context.Background()
	personal := func(at int64) map[string]string {
		h, err := (dataFlags{Data: o.data, Log: "mingjing.local/log"}).open(ctx, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = h.close() }()
		rows, err := h.db.RowsAt(ctx, []int64{at})
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		got, err := h.ledger.RevealPersonal(rows[0], func(standard.Vault, standard.Seal) bool { return true })
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	bid, notice, closed := o.placeOf(t, p, "507"), o.placeOf(t, p, "503"), o.placeOf(t, sealed, "507")
	if id := personal(bid)["PM_CODE"]; !strings.HasPrefix(id, p.born(ofPerson)) {
		t.Fatalf("the bid has no ID number to erase: %q", id)
	}
	gone := newHunt()
	gone.mark("the erased contact", p.contact())
	gone.has(t, "the data folder", join(o.stolen("")))

	erase := func(at int64, fields, order string, more ...string) (string, int) {
		return o.try(append([]string{"erase", "--data", o.data, "--position", strconv.FormatInt(at, 10), "--fields", fields, "--order", order, "--reason", "court order", "--by", "archivist/Li"}, more...)...)
	}
	if out, status := erase(bid, "PM_CODE", "2026-17"); status != 0 {
		t.Errorf("a personal field of an opened bid cannot be erased: %d %s", status, out)
	}
	if out, status := erase(notice, "TENDERER_CONTACTOR", "2026-18"); status != 0 {
		t.Errorf("an open field cannot be erased: %d %s", status, out)
	}
	if out, status := erase(closed, "PM_CODE", "2026-19"); status == 0 || strings.Contains(out, sealed.born(ofPerson)) {
		t.Errorf("a sealed bid was erased from, unseen: %d %s", status, out)
	}
	if id, still := personal(bid)["PM_CODE"]; still {
		t.Errorf("the erased ID number can be read: %q", id)
	}
	p.hunt(gone, ofPerson)
	for _, held := range o.stolen("") {
		gone.none(t, held.name, held.data)
	}
	for _, deep := range [][]string{nil, {"--deep"}} {
		out, status := o.try(append([]string{"verify", "--data", o.data}, deep...)...)
		if status != 0 || !strings.Contains(out, "erased by order 2026-17") || !strings.Contains(out, "erased by order 2026-18") || strings.Contains(out, "TROUBLE") {
			t.Errorf("verify %q ended with %d:\n%s", deep, status, out)
		}
	}
	gone.none(t, "mingjing docket show", []byte(o.run("docket", "show", p.tender, "--json", "--data", o.data)))
}

// placeOf finds where the first record of a data set of a tender stands, by
// opening the stopped server's folder with all its keys.
func (o *office) placeOf(t *testing.T, p *plant, dataset string) int64 {
	t.Helper()
	ctx := context.Background()
	h, err := (dataFlags{Data: o.data, Log: "mingjing.local/log"}).open(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.close() }()
	head, err := h.db.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	at := int64(-1)
	err = h.db.Rows(ctx, 0, head.Size, func(row *ledger.Row) error {
		got, err := h.ledger.Reveal(row, func(standard.Vault, standard.Seal) bool { return true })
		if err == nil && at < 0 && got.Record.Dataset == dataset && got.Record.Origin == p.origin && got.Record.Fields["TENDER_PROJECT_CODE"] == p.tender {
			at = row.Position
		}
		return err
	})
	if err != nil || at < 0 {
		t.Fatalf("no %s of %s: %v", dataset, p.tender, err)
	}
	return at
}

func join(all []place) []byte {
	var b bytes.Buffer
	for _, one := range all {
		b.Write(one.data)
	}
	return b.Bytes()
}
