package docket

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mingjing/internal/standard"
)

func bare(position int64, dataset, key string, pairs ...string) Version {
	f := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f[pairs[i]] = pairs[i+1]
	}
	return Version{Record: standard.Record{Origin: sysA, Dataset: dataset, Key: key, Revision: "1", Fields: f}, Position: position, Received: base}
}

const (
	invest = "2017-410100-48-01-012345"
	orgA   = "91410100170000000A"
)

// One approval has many transactions of many classes; each of them holds the
// approval, and the project knows them all.
func TestOneApprovalManyDockets(t *testing.T) {
	vs := []Version{
		bare(0, "9101", "1", "PROJECT_CODE", prj, "INVEST_PROJECT_CODE", invest, "PROJECT_NAME", "一中迁建", "REGION_CODE", "410100", "TOTAL_INVESTMENT", "5000000"),
		bare(1, "500", prj, "PROJECT_CODE", prj, "INVEST_PROJECT_CODE", invest, "PROJECT_NAME", "一中迁建工程"),
		bare(2, "501", "T1", "TENDER_PROJECT_CODE", ten, "PROJECT_CODE", prj, "TENDER_PROJECT_NAME", "施工"),
		bare(3, "501", "T2", "TENDER_PROJECT_CODE", ten+"X", "PROJECT_CODE", prj, "TENDER_PROJECT_NAME", "监理"),
		bare(4, "550", "P", "PURCHASE_PROJECT_CODE", "P1", "INVEST_PROJECT_CODE", invest, "PURCHASE_PROJECT_NAME", "设备采购"),
		bare(5, "9115", "B", "INVEST_PROJECT_CODE", invest, "BUDGET_LINE", "B1", "BUDGET_AMOUNT", "3000000"),
		bare(6, "500", "other", "PROJECT_CODE", "E4100002600000009", "PROJECT_NAME", "别的项目"),
	}
	for _, code := range []string{prj, invest} {
		p := FoldProject(code, vs)
		if want := []string{ten, ten + "X", "P1"}; !slices.Equal(p.Dockets, want) {
			t.Errorf("%s: transactions %v, want %v", code, p.Dockets, want)
		}
		if p.File.Title != "一中迁建工程" || p.File.Region != "410100" || len(p.File.Live) != 3 {
			t.Errorf("%s: %q in %q with %d rows", code, p.File.Title, p.File.Region, len(p.File.Live))
		}
	}
	for id, sets := range map[string][]string{ten: {"500", "501", "9101"}, "P1": {"500", "550", "9101", "9115"}} {
		var got []string
		for _, e := range Fold(id, vs).Live {
			got = append(got, e.Dataset)
		}
		if !slices.Equal(got, sets) {
			t.Errorf("docket %s holds %v, want %v", id, got, sets)
		}
	}
	want := FoldProject(invest, vs)
	for range 20 {
		rand.Shuffle(len(vs), func(i, j int) { vs[i], vs[j] = vs[j], vs[i] })
		if diff := cmp.Diff(want, FoldProject(invest, append(vs, vs[0]))); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestBodyFold(t *testing.T) {
	id := "110101199003070775" // a person may be a bidder: the number must not stand in the index
	vs := []Version{
		bare(0, "100", "1", "LEGAL_CODE", orgA, "LEGAL_NAME", "中原建设", "REGION_CODE", "410100"),
		bare(1, "103", "1", "LEGAL_CODE", orgA, "QUAL_NAME", "一级"),
		bare(2, "302", "1", "BODY_CODE", orgA, "BODY_NAME", "中原建设"),
		bare(3, "9114", "1", "TENDER_PROJECT_CODE", ten, "BODY_CODE", orgA, "BODY_NAME", "中原建设"),
		bare(4, "507", "1", "TENDER_PROJECT_CODE", ten, "BIDDER_ORG_CODE", orgA),
		bare(5, "100", "2", "LEGAL_CODE", id, "LEGAL_NAME", "张三"),
	}
	b := FoldBody(orgA, vs)
	if b.File.Title != "中原建设" || len(b.File.Live) != 4 {
		t.Errorf("%q with %d rows, want 4 (a bid is no register)", b.File.Title, len(b.File.Live))
	}
	for _, c := range Codes(&vs[5].Record) {
		if c == Code(BodyCode+id) {
			t.Error("a person's number became a code")
		}
	}
	if got := Codes(&vs[3].Record); !slices.Equal(got, []Code{Code(BodyCode + orgA), Code(TenderCode + ten)}) {
		t.Errorf("codes of a penalty: %v", got)
	}
	gone := bare(6, "302", "1")
	gone.Op, gone.Revision = standard.Delete, "2"
	b = FoldBody(orgA, append(vs, gone))
	for _, e := range b.File.Live {
		if e.Dataset == "302" && !e.Deleted {
			t.Error("a deleted row stands")
		}
	}
	if len(b.File.Live) != 4 {
		t.Errorf("%d rows, want the tombstone among 4", len(b.File.Live))
	}
}
