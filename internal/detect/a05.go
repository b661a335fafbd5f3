package detect

import (
	"fmt"
	"strconv"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// a05: bids were opened though fewer than three had come (招标投标法 28,
// 实施条例 44). The number comes from the release record, which counts envelopes
// without showing names.
type a05 struct{}

func (a05) Info() Info {
	return Info{
		ID: "A05", Version: 1, ZH: "投标人少于三个而开标", EN: "opened with fewer than three bidders",
		Grade: Fact, Article: "招标投标法 第二十八条；招标投标法实施条例 第四十四条", Datasets: []string{"506", "507", "517", "release"},
	}
}

func (r a05) Look(d *docket.Docket, env Env) []Finding { return eachLot(d, env, r.lot) }

func (r a05) lot(d *docket.Docket, lot string, env Env) Finding {
	set, ok := env.Settings.For("A05", d, dayOfOpening(d, lot, env))
	l := start(r.Info(), d, lot, set)
	switch {
	case !ok || set.Bidders == nil:
		return l.notApplicable("该地区和类别未设阈值", "no threshold is set for this region and class")
	case set.Applies == "no":
		return l.notApplicable(set.Reason, set.Reason)
	}
	limit := *set.Bidders
	l.threshold(bidders(limit))
	if timeline.Foreign(d) {
		l.f.Article = ""
		return r.published(l, d, lot, limit)
	}
	if rel, ok := fewest(d, lot); ok {
		return r.released(l, d, lot, rel, limit)
	}
	return r.unopened(l, d, lot, env)
}

// released judges by the release record.
func (r a05) released(l *look, d *docket.Docket, lot string, rel docket.Release, limit int) Finding {
	l.see(docket.Ref{Dataset: "release", Key: rel.Origin + "/" + d.ID + "/" + rel.Lot + "/" + string(rel.Seal), Field: "BIDDERS", Origin: "mingjing", Position: rel.Position}, strconv.Itoa(rel.Bidders))
	if rel.Basis.Dataset != "" {
		basis := rel.Basis
		value := ""
		if basis.Field == "" {
			basis.Field = "BID_OPENING_TIME"
		}
		if row := timeline.Row(d, basis); row != nil {
			value = row.Fields[basis.Field]
		}
		l.see(basis, value)
	}
	n := rel.Bidders
	if n >= limit {
		return l.answer(Clear, bidders(n), fmt.Sprintf("开标时有 %d 个投标人。", n), fmt.Sprintf("%d bidders at the opening.", n))
	}
	if reports := ended(d, lot); len(reports) > 0 && !wentOn(d, lot) {
		// An opening record that only states that too few came, followed by the report that the tender failed, is what the law asks for.
		l.seeField(reports[0], "EXCEPITON_TYPE")
		return l.answer(Clear, bidders(n), fmt.Sprintf("投标人 %d 个，已报告招标异常，未继续。", n), fmt.Sprintf("%d bidders; the tender was reported as failed and did not go on.", n))
	}
	return l.answer(Fired, bidders(n),
		fmt.Sprintf("有开标记录，而投标人仅 %d 个（少于 %d 个不得开标），建议核查。", n, limit),
		fmt.Sprintf("There is an opening record though only %d bid (no opening with fewer than %d); checking is suggested.", n, limit))
}

// unopened answers while nothing is released.
func (r a05) unopened(l *look, d *docket.Docket, lot string, env Env) Finding {
	reports := ended(d, lot)
	records := timeline.Rows(d, "506", lot)
	switch {
	case len(reports) > 0:
		l.seeField(reports[0], "EXCEPITON_TYPE")
		return l.notApplicable("招标已终止或失败", "the tender was reported as failed or ended")
	case len(records) > 0:
		for _, e := range records {
			l.seeField(e, "BID_OPENING_TIME")
		}
		return l.lacks(Sealed)
	}
	last := latestAnnounced(d, lot)
	switch {
	case last.IsZero():
		return l.notApplicable("尚未公布投标截止时间", "no deadline is announced yet")
	case env.At.Before(last):
		return l.again(last).notApplicable("尚未开标", "not opened yet")
	}
	return l.lacks("506 BID_OPENING_TIME")
}

// published judges dockets whose bids were published, not sealed: OCDS.
func (r a05) published(l *look, d *docket.Docket, lot string, limit int) Finding {
	who := map[string]bool{}
	for _, e := range timeline.Rows(d, "507", lot) {
		if s := e.Fields["BID_STATUS"]; s == "invited" || s == "withdrawn" {
			continue
		}
		if b := bidderOf(e); b != "" {
			who[b] = true
			l.see(timeline.RefOf(e, "BIDDER_NAME"), b)
		}
	}
	n := len(who)
	switch {
	case n == 0:
		return l.lacks("507 BIDDER_NAME")
	case n < limit:
		return l.answer(Fired, bidders(n), fmt.Sprintf("仅有 %d 个投标人，建议核查。", n), fmt.Sprintf("Only %s; checking is suggested.", bidders(n)))
	}
	return l.answer(Clear, bidders(n), fmt.Sprintf("有 %d 个投标人。", n), bidders(n)+".")
}

func bidders(n int) string {
	if n == 1 {
		return "1 bidder"
	}
	return strconv.Itoa(n) + " bidders"
}

// bidReleases returns the facts of release of the lot's bids, one a trading
// system, in the docket's order.
func bidReleases(d *docket.Docket, lot string) []docket.Release {
	var out []docket.Release
	for _, r := range d.Releases {
		if r.Seal == standard.Bid && (r.Lot == lot || r.Lot == "" || lot == "") {
			out = append(out, r)
		}
	}
	return out
}

// opened reports whether the bids of the lot have been released.
func opened(d *docket.Docket, lot string) bool {
	for _, r := range bidReleases(d, lot) {
		if r.State == "opened" {
			return true
		}
	}
	return false
}

func fewest(d *docket.Docket, lot string) (docket.Release, bool) {
	var best docket.Release
	found := false
	for _, r := range bidReleases(d, lot) {
		if !found || r.Bidders < best.Bidders {
			best, found = r, true
		}
	}
	return best, found
}

// wentOn reports whether the lot has a result in spite of a reported failure.
func wentOn(d *docket.Docket, lot string) bool {
	for _, dataset := range []string{"511", "513", "9018", "512", "553", "554"} {
		if len(timeline.Rows(d, dataset, lot)) > 0 {
			return true
		}
	}
	return false
}

func latestAnnounced(d *docket.Docket, lot string) time.Time {
	var last time.Time
	for _, a := range d.Announced {
		if (a.Lot == "" || lot == "" || a.Lot == lot) && a.At.After(last) {
			last = a.At
		}
	}
	return last
}

// bidderOf names the bidder of a row: its code, else its name.
func bidderOf(e *docket.Entry) string {
	if c := normalCode(e.Fields["BIDDER_ORG_CODE"]); c != "" {
		return c
	}
	return normalName(e.Fields["BIDDER_NAME"])
}

func dayOfOpening(d *docket.Docket, lot string, env Env) trade.Day {
	if os := timeline.Occurrences(d, "opening", lot); len(os) > 0 {
		return os[0].At.Day()
	}
	return trade.DayOf(env.At)
}
