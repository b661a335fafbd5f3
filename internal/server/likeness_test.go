package server

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/files"
)

// twoBids puts files of two bidders, and the tender's own, into a tender, and
// gives what the comparison found, whatever anybody may see of it.
func (x *fileHouse) twoBids(tender string) *detect.Likeness {
	x.t.Helper()
	d := x.memory.dockets[tender]
	i := slices.IndexFunc(d.Live, func(e docket.Entry) bool { return e.Dataset == "519" && e.Origin == originA })
	second := d.Live[i]
	second.Key, second.Fields = second.Key+"2", maps.Clone(second.Fields)
	second.Fields["BIDDER_ORG_CODE"], second.Fields["BIDDER_NAME"] = "91410000000000002B", "secondbidder"
	x.add(tender, "519", "TENDER_DOCUMENTS_URL", "first file of "+tender)
	x.add(tender, "519", "TENDER_DOCUMENTS_URL", "second file of "+tender)
	second.Fields["TENDER_DOCUMENTS_URL"] = digestOf("second file of " + tender)
	d.Live[i].Fields["TENDER_DOCUMENTS_URL"] = digestOf("first file of " + tender)
	d.Live = slices.Insert(d.Live, i+1, second)
	x.memory.marshalled = nil
	bidder := func(e *docket.Entry, body string) detect.LikenessBidder {
		who := ""
		for _, f := range detect.BidFiles(d, tender+"001") {
			if f.SHA256 == digestOf(body) {
				who = f.Who
			}
		}
		return detect.LikenessBidder{
			Who: who, Name: e.Fields["BIDDER_NAME"], Own: 100,
			Files: []detect.LikenessFile{{Ref: docket.Ref{Dataset: "519", Origin: originA, Key: e.Key, Field: "TENDER_DOCUMENTS_URL"}, SHA256: digestOf(body), Kind: "txt"}},
		}
	}
	l := &detect.Likeness{Tender: []detect.LikenessFile{}, Bidders: []detect.LikenessBidder{bidder(&d.Live[i], "first file of "+tender), bidder(&d.Live[i+1], "second file of "+tender)}}
	l.Pairs = []detect.LikenessPair{{A: 0, B: 1, SharedA: 90, SharedB: 90, Passages: []detect.LikenessPassage{{Kind: "verbatim", Equal: 90, A: detect.LikenessQuote{Text: "quoted of " + tender}, B: detect.LikenessQuote{Text: "quoted of " + tender}}}}}
	l.Bidders[0].Names = []detect.LikenessName{{Who: l.Bidders[1].Who, Form: "full", Times: 1, Place: detect.LikenessQuote{Text: "named in " + tender}}}
	return l
}

// Who supervises a lot, or audits, sees what its files share once it is opened,
// and as long as they could read the files themselves. To all others, and of a
// lot that is not opened, it is as if nothing were known, even if something is.
func TestLikenessIsDisclosed(t *testing.T) {
	x := newFileHouse(t)
	known := map[string]*detect.Likeness{}
	for _, id := range []string{tenderA, tenderB, tenderC} {
		known[id] = x.twoBids(id)
	}
	x.likeness = func(docket, lot string) *detect.Likeness {
		l := *known[docket] // a copy each time, as a store gives
		l.Bidders, l.Pairs = slices.Clone(l.Bidders), slices.Clone(l.Pairs)
		l.Bidders[0].Names = slices.Clone(l.Bidders[0].Names)
		return &l
	}
	at := func(tender string) string { return "/api/v1/dockets/" + tender + "/lots/" + tender + "001/likeness" }
	for _, c := range []struct {
		tender string
		see    []string
	}{{tenderA, nil}, {tenderB, []string{"supervisor", "auditor"}}, {tenderC, []string{"auditor"}}} {
		for _, who := range []string{"", "source", "supervisor", "outside", "auditor", "administrator"} {
			got, nothing := x.get(at(c.tender), who), x.get("/api/v1/dockets/nowhere/lots/x/likeness", who)
			switch sees := slices.Contains(c.see, who); {
			case sees && (got.Code != 200 || !strings.Contains(got.Body.String(), "quoted of "+c.tender) || !strings.Contains(got.Body.String(), "named in "+c.tender)):
				t.Errorf("%q at %s: %d %s", who, c.tender, got.Code, got.Body)
			case !sees && (got.Code != 404 || anonymous(got) != anonymous(nothing)):
				t.Errorf("%q at %s: %d %s, not as where there is none", who, c.tender, got.Code, got.Body)
			}
		}
	}
	if strings.Contains(x.log.String(), "quoted") {
		t.Error("the log quotes")
	}

	// One whose record no longer names the file takes its quotes along.
	d := x.memory.dockets[tenderB]
	i := slices.IndexFunc(d.Live, func(e docket.Entry) bool { return e.Key == "key-519-"+tenderB+originA+"2" })
	was := d.Live[i].Fields["TENDER_DOCUMENTS_URL"]
	d.Live[i].Fields["TENDER_DOCUMENTS_URL"] = ""
	x.memory.marshalled = nil
	if got := x.get(at(tenderB), "auditor"); got.Code != 200 || strings.Contains(got.Body.String(), "quoted") || strings.Contains(got.Body.String(), "named in") || strings.Contains(got.Body.String(), "secondbidder") {
		t.Errorf("without the second's file: %d %s", got.Code, got.Body)
	}
	// So does one whose file is there for another lot only, that is not opened.
	other := "a file of two lots"
	x.add(tenderB, "519", "TENDER_DOCUMENTS_URL", other, func(d *files.Declared) { d.Lots = append(d.Lots, tenderB+"002") })
	first := slices.IndexFunc(d.Live, func(e docket.Entry) bool { return e.Key == "key-519-"+tenderB+originA })
	d.Live[first].Fields["TENDER_DOCUMENTS_URL"] = digestOf("first file of " + tenderB)
	d.Live[i].Fields["TENDER_DOCUMENTS_URL"] = was + " " + digestOf(other)
	x.memory.marshalled = nil
	known[tenderB].Bidders[1].Files = append(slices.Clone(known[tenderB].Bidders[1].Files), detect.LikenessFile{Ref: known[tenderB].Bidders[1].Files[0].Ref, SHA256: digestOf(other), Kind: "txt"})
	if got := x.get(at(tenderB), "auditor"); got.Code != 200 || strings.Contains(got.Body.String(), "quoted") || strings.Contains(got.Body.String(), "secondbidder") {
		t.Errorf("with a file that is still shut: %d %s", got.Code, got.Body)
	}
}
