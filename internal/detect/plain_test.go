package detect

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// decided is a lot that was opened and awarded so many working days later, with
// so many bidders, some of them rejected, and an evaluation of so many minutes.
func decided(days, bids, rejected, minutes int) *docket.Docket {
	opening := trade.Date(2018, 3, 26)
	result, _ := trade.China().AddWorkingDays(opening, days)
	begun := opening.Start().Add(10 * time.Hour)
	stamp := func(t time.Time) string { return t.In(trade.Zone).Format("20060102150405") }
	row := func(dataset, key string, fields map[string]string) docket.Entry {
		fields["BID_SECTION_CODE"] = "L1"
		return docket.Entry{Dataset: dataset, Origin: "P", Key: key, Versions: 1, Fields: fields}
	}
	live := []docket.Entry{
		row("506", "O", map[string]string{"BID_OPENING_TIME": stamp(begun.Add(-30 * time.Minute))}), row("513", "W", map[string]string{"NOTICE_SEND_TIME": stamp(result.Start().Add(time.Hour)), "WIN_BIDDER_CODE": "B0"}),
		row("509", "R", map[string]string{"END_TIME": stamp(begun.Add(time.Duration(minutes) * time.Minute))}), row("508", "E", map[string]string{"EXPERT_NAME": "甲", "EXPERT_CHECK_IN_TIME": stamp(begun)}),
	}
	for i := range bids {
		live = append(live, row("507", fmt.Sprint("B", i), map[string]string{"BIDDER_ORG_CODE": fmt.Sprint("B", i)}))
		veto := "0"
		if i >= bids-rejected {
			veto = "1"
		}
		live = append(live, row("9017", fmt.Sprint("S", i), map[string]string{"BIDDER_ORG_CODE": fmt.Sprint("B", i), "IS_VETO": veto}))
	}
	d := docketOf(live...)
	for _, seal := range []standard.Seal{standard.Bid, standard.Committee} {
		d.Releases = append(d.Releases, docket.Release{Origin: "P", Lot: "L1", Seal: seal, State: docket.StateOpened, Bidders: bids})
	}
	return d
}

// TestLocalPeers: what is far beyond the quartiles of the local group fires; the
// same value fires nowhere where the group is like it, and without peers the
// setting alone speaks. A group too small to compare with says nothing.
func TestLocalPeers(t *testing.T) {
	at := trade.Date(2018, 9, 1).Start()
	var usual, slow []*docket.Docket
	for i := range 24 {
		usual = append(usual, decided(8+i%5, 7+i%4, i/20, 200+10*(i%5)))
		slow = append(slow, decided(36+3*(i%5), 3+i%2, 2*(i%2), 40+i%5))
	}
	local, elsewhere, few := MakeEdition(usual, 1, at), MakeEdition(slow, 1, at), MakeEdition(usual[:5], 1, at)
	for _, c := range []struct {
		id    string
		rule  Rule
		d     *docket.Docket
		peers *Edition
		want  State
	}{
		{"a decision of 45 working days among those of 8 to 12", newI05(), decided(45, 8, 0, 200), &local, Fired},
		{"the same among slow ones", newI05(), decided(45, 8, 0, 200), &elsewhere, Clear},
		{"the same without peers", newI05(), decided(45, 8, 0, 200), nil, Clear},
		{"the same where peers are too few", newI05(), decided(45, 8, 0, 200), &few, Clear},
		{"twice the median is not far", newI05(), decided(20, 8, 0, 200), &local, Clear},
		{"half the median is not far", newI05(), decided(5, 8, 0, 200), &local, Clear},
		{"a decision of 2 working days", newI05(), decided(2, 8, 0, 200), &local, Fired},
		{"the same without peers", newI05(), decided(2, 8, 0, 200), nil, Clear},
		{"two bidders where others have seven to ten", newI06(), decided(9, 2, 0, 200), &local, Clear},
		{"an evaluation of 45 minutes among those of 200", newH05(), decided(9, 8, 0, 45), &local, Fired},
		{"the same where all are short", newH05(), decided(9, 8, 0, 45), &elsewhere, Clear},
		{"three of seven rejected where others reject one", newI02(), decided(9, 7, 3, 200), &local, Fired},
		{"the same where many are rejected", newI02(), decided(9, 7, 3, 200), &elsewhere, Clear},
		{"the same without peers", newI02(), decided(9, 7, 3, 200), nil, Clear},
	} {
		f := c.rule.Look(c.d, Env{At: at, Peers: c.peers})[0]
		if f.State != c.want {
			t.Errorf("%s: %s, want %s (%s, threshold %s)", c.id, f.State, c.want, f.Value, f.Threshold)
		}
		if c.peers != nil && f.Edition != c.peers.ID {
			t.Errorf("%s: the edition %q is not named", c.id, f.Edition)
		}
	}
}

// TestFewBiddersAmongMany: I06 goes by the spread of the local group.
func TestFewBiddersAmongMany(t *testing.T) {
	at := trade.Date(2018, 9, 1).Start()
	var many []*docket.Docket
	for i := range 30 {
		many = append(many, decided(9, 20+i%3, 0, 200))
	}
	peers := MakeEdition(many, 1, at)
	f := newI06().Look(decided(9, 4, 0, 200), Env{At: at, Peers: &peers})[0]
	if f.State != Fired || !strings.Contains(f.TextZH, "中位数 21") {
		t.Errorf("four among those of twenty: %s, %s", f.State, f.TextZH)
	}
	if f := newI06().Look(decided(9, 19, 0, 200), Env{At: at, Peers: &peers})[0]; f.State != Clear {
		t.Errorf("nineteen among those of twenty: %s", f.State)
	}
}

// TestBlacklistOfTheRegisters: G09 asks the registers, where the platform lends
// them, for the day of the opening.
func TestBlacklistOfTheRegisters(t *testing.T) {
	register := func(entries ...docket.Entry) func(string) *docket.BodyFile {
		return func(code string) *docket.BodyFile {
			if code != "B0" {
				return nil
			}
			return &docket.BodyFile{File: docket.Docket{Live: entries}}
		}
	}
	row := func(dataset string, fields map[string]string) docket.Entry {
		return docket.Entry{Dataset: dataset, Origin: "R", Key: dataset, Fields: fields}
	}
	on := row("302", map[string]string{"BLACKLIST_CODE": "1", "RECORD_DATE": "20180101", "REVOCATION_STATUS": "0"})
	for _, c := range []struct {
		name   string
		bodies func(string) *docket.BodyFile
		want   State
	}{
		{"listed before the opening", register(on), Fired},
		{"listed after it", register(row("302", map[string]string{"BLACKLIST_CODE": "1", "RECORD_DATE": "20180401", "REVOCATION_STATUS": "0"})), Clear},
		{"taken off before it", register(on, row("303", map[string]string{"BLACKLIST_CODE": "1", "APPLICATION_DATE": "20180301"})), Clear},
		{"taken off after it", register(on, row("303", map[string]string{"BLACKLIST_CODE": "1", "APPLICATION_DATE": "20180501"})), Fired},
		{"under a restriction on the day", register(row("300", map[string]string{"CONFINED_START": "20180101", "CONFINED_END": "20180630"})), Fired},
		{"a restriction that had ended", register(row("300", map[string]string{"CONFINED_START": "20170101", "CONFINED_END": "20171231"})), Clear},
		{"not in the registers", register(), Clear},
		{"no registers, and the record is silent", nil, InsufficientData},
	} {
		f := newG09().Look(decided(9, 3, 0, 200), Env{At: trade.Date(2018, 9, 1).Start(), Bodies: c.bodies})[0]
		if f.State != c.want {
			t.Errorf("%s: %s, want %s: %s", c.name, f.State, c.want, f.TextEN)
		}
	}
}

// TestPersonsStandNowhere: what D07 and D09 say holds neither name nor number of
// a person, and the digest does not depend on them.
func TestPersonsStandNowhere(t *testing.T) {
	find := func(r Rule, name, number string) Finding {
		row := func(bidder string) docket.Entry {
			return docket.Entry{Dataset: "507", Origin: "P", Key: bidder, Fields: map[string]string{
				"BID_SECTION_CODE": "L1", "BIDDER_ORG_CODE": bidder, "BID_MANAGER": name, "PM_CODE": number, "PM_CERTIFICATES": "豫" + number, "UNION_CONTACT_PHONE": number[:11],
			}}
		}
		d := docketOf(row("A"), row("B"))
		d.Releases = []docket.Release{{Origin: "P", Lot: "L1", Seal: standard.Bid, State: docket.StateOpened, Bidders: 3}}
		return r.Look(d, Env{At: trade.Date(2018, 4, 1).Start()})[0]
	}
	for _, r := range []Rule{newD07(), newD09()} {
		a, b := find(r, "王建国", "410105198001011234"), find(r, "李海", "410105197501015678")
		if a.State != Fired || a.Digest != b.Digest {
			t.Errorf("%s: %s; digests %s and %s", a.Indicator, a.State, a.Digest, b.Digest)
		}
		if text := fmt.Sprintf("%+v", a); strings.Contains(text, "王建国") || strings.Contains(text, "41010519800") {
			t.Errorf("%s: a person got out: %s", a.Indicator, text)
		}
	}
}

// TestProcurement: the indicators that speak of every class read the data sets
// of government procurement, and name its articles.
func TestProcurement(t *testing.T) {
	row := func(dataset, key string, pairs ...string) docket.Entry {
		e := docket.Entry{Dataset: dataset, Origin: "P", Key: key, Versions: 1, Fields: map[string]string{"PURCHASE_SECTION_CODE": "L1"}}
		for i := 0; i < len(pairs); i += 2 {
			e.Fields[pairs[i]] = pairs[i+1]
		}
		return e
	}
	won := row("553", "W", "WINNINGBIDDER_CODE", "A", "WINNINGBIDDER_NAME", "甲公司", "WIN_BID_PRICE", "1000000", "PRICE_UNIT", "0", "WIN_BID_BULLETIN_START_TIME", "20180402100000")
	contract := func(sum, who string) docket.Entry {
		return row("554", "K", "SUPPLIER_CODE", who, "SUPPLIER_NAME", who, "CONTRACT_AMOUNT", sum, "PRICE_UNIT", "0", "SIGNING_TIME", "20180410")
	}
	budget := row("550", "B", "PROGRAM_BUDGET", "1000000", "UNIT_BUDGET", "0")
	single := row("551", "N", "BULLETIN_TITLE", "某设备单一来源采购公示", "BULLETIN_START_TIME", "20180301")
	change := row("9109", "H", "CONTRACT_NUMBER", "1", "CHANGE_NUMBER", "1", "AMOUNT_AFTER", "1200000", "CHANGE_TIME", "20180501")
	for _, c := range []struct {
		name    string
		rule    Rule
		live    []docket.Entry
		want    State
		article string
	}{
		{"contract above the award", newJ01(), []docket.Entry{won, contract("1100000", "A")}, Fired, ""},
		{"contract with another", newJ01(), []docket.Entry{won, contract("1000000", "B")}, Fired, ""},
		{"contract as awarded", newJ01(), []docket.Entry{won, contract("1000000", "A")}, Clear, ""},
		{"raised by a fifth", newJ02(), []docket.Entry{contract("1000000", "A"), change}, Fired, "政府采购法 第四十九条"},
		{"won at the budget", newI10(), []docket.Entry{budget, won}, Fired, ""},
		{"single source without an approval", newB06(), []docket.Entry{single, row("400", "S", "APPROVAL_PROJECT", "采购文件", "IS_PAST", "1")}, Fired, ""},
		{"single source with one", newB06(), []docket.Entry{single, row("400", "S", "APPROVAL_PROJECT", "单一来源采购方式审批", "IS_PAST", "1")}, Clear, ""},
		{"a supplier on the list", newG09(), []docket.Entry{row("557", "A", "BIDDER_ORG_CODE", "A", "IS_LOST", "1"), row("557", "B", "BIDDER_ORG_CODE", "B", "IS_LOST", "0")}, Fired, ""},
		{"a brand is asked for", newC01(), []docket.Entry{row("551", "N", "BULLETIN_CONTENT", "投标产品须为指定品牌")}, Fired, ""},
		{"works only", newC02(), []docket.Entry{budget}, NotApplicable, ""},
		{"the price of works", newB08(), []docket.Entry{budget}, NotApplicable, ""},
	} {
		d := &docket.Docket{ID: "T", Region: "410105", Class: "procurement", Origins: []string{"P"}, Lots: []docket.Lot{{Code: "L1"}}, Live: c.live}
		d.Releases = []docket.Release{{Origin: "P", Lot: "L1", Seal: standard.Bid, State: docket.StateOpened, Bidders: 3}}
		f := c.rule.Look(d, Env{At: trade.Date(2018, 9, 1).Start()})[0]
		if f.State != c.want || c.article != "" && f.Article != c.article {
			t.Errorf("%s: %s %q, want %s %q: %s", c.name, f.State, f.Article, c.want, c.article, f.TextEN)
		}
	}
}
