package detect

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// a07: the evaluation committee has fewer members than five, an even number, or
// fewer than two thirds of experts; it was not drawn at random (招标投标法 37, 实施条例
// 46); or, where a province says so, it was drawn too long before the opening.
// All of it is sealed until the result is determined.
type a07 struct{ draw termed }

func newA07() a07 {
	info := Info{
		ID: "A07", Version: 1, ZH: "评标委员会组成不符合规定", EN: "composition of the evaluation committee",
		Grade: Fact, Article: "招标投标法 第三十七条；招标投标法实施条例 第四十六条；河南省实施《招标投标法》办法 第四十一条", Datasets: []string{"501", "506", "508", "509", "9005", "9112"},
	}
	return a07{termed{info: info, part: "committee:draw", ends: map[string]pairing{"committee-draw": drawn}, notBegun: [2]string{"尚无评标专家抽取记录", "no draw of experts yet"}}}
}

func (r a07) Info() Info { return r.draw.info }

func (r a07) Look(d *docket.Docket, env Env) []Finding {
	env = env.filled().of(d)
	var fs []Finding
	for _, lot := range timeline.Lots(d) {
		fs = append(fs, r.composition(d, lot, env), r.draw.alone(d, lot, env))
	}
	return fs
}

// drawn pairs the first draw before each opening with it; a draw that no
// opening follows is measured to the last one. A later draw before the same
// opening only fills a gap.
func drawn(d *docket.Docket, lot string, _ timeline.Period) []span {
	draws, all := timeline.Occurrences(d, "committee.drawn", lot), timeline.Occurrences(d, "opening", lot)
	var out []span
	taken := map[docket.Ref]bool{}
	for i := range draws {
		s := span{from: &draws[i]}
		for j := range all {
			if s.to = &all[j]; !all[j].At.Latest().Before(draws[i].At.Earliest()) {
				break
			}
		}
		if s.to == nil || taken[s.to.Ref] {
			continue // nobody can say yet how long before the opening it was
		}
		taken[s.to.Ref] = true
		out = append(out, s)
	}
	return out
}

func (r a07) composition(d *docket.Docket, lot string, env Env) Finding {
	set, ok := env.Settings.For("A07", d, dayOfOpening(d, lot, env))
	info := r.Info()
	info.Article = "招标投标法 第三十七条；招标投标法实施条例 第四十六条"
	l := start(info, d, lot, set)
	l.f.Subjects = append(l.f.Subjects, "committee:composition")
	rows := timeline.Rows(d, "508", lot)
	switch {
	case !ok || set.Members == nil:
		return l.notApplicable("该地区和类别未设阈值", "no threshold is set for this region and class")
	case set.Applies == "no":
		return l.notApplicable(set.Reason, set.Reason)
	case !timeline.MustTender(d):
		return l.notApplicable("非依法必须招标项目", "the law does not order this tender (501 IS_TO_LAW = 0)")
	case len(rows) == 0 && !unsealed(d, lot, standard.Committee):
		if reports := ended(d, lot); len(reports) > 0 {
			l.seeField(reports[0], "EXCEPITON_TYPE")
			return l.notApplicable("招标已终止或失败", "the tender was reported as failed or ended")
		}
		return l.lacks(Sealed)
	case len(rows) == 0:
		return l.lacks("508 EXPERT_NAME")
	}
	l.threshold(fmt.Sprintf("at least %d, odd, two thirds experts", *set.Members))
	for _, e := range rows {
		l.seeField(e, "EXPERT_NAME")
	}
	zh, en := []string{}, []string{}
	n := people(rows)
	if !sound(d, lot, rows, *set.Members) {
		if n < *set.Members {
			zh, en = append(zh, fmt.Sprintf("成员 %d 人，少于 %d 人", n, *set.Members)), append(en, fmt.Sprintf("%d members, fewer than %d", n, *set.Members))
		} else {
			zh, en = append(zh, fmt.Sprintf("成员 %d 人，不是单数", n)), append(en, fmt.Sprintf("%d members, not an odd number", n))
		}
	}
	shareZH, shareEN, told := r.share(l, d, lot, rows, set)
	if shareZH != "" {
		zh, en = append(zh, shareZH), append(en, shareEN)
	}
	if e := named(d, lot); e != nil {
		l.seeField(e, drawText(e))
		zh, en = append(zh, "抽取方式记载为非随机"), append(en, "the record of the draw says that it was not at random")
	}
	value := strconv.Itoa(n) + " members"
	if len(zh) > 0 {
		return l.answer(Fired, value, "评标委员会"+strings.Join(zh, "；")+"，建议核查。", "Evaluation committee: "+strings.Join(en, "; ")+"; checking is suggested.")
	}
	zhEnd, enEnd := "。", "."
	if !told {
		zhEnd, enEnd = "；专家所占比例因数据未标明，未核。", "; the share of experts cannot be told from the data."
	}
	return l.answer(Clear, value, fmt.Sprintf("评标委员会成员 %d 人，为单数%s", n, zhEnd), fmt.Sprintf("The evaluation committee has %d members, an odd number%s", n, enEnd))
}

// people counts the members: rows, or names where two rows name the same.
func people(rows []*docket.Entry) int {
	names := map[string]bool{}
	for _, e := range rows {
		if n := normalName(e.Fields["EXPERT_NAME"]); n != "" {
			names[n] = true
		} else {
			names["\x00"+e.Origin+"\x00"+e.Key] = true
		}
	}
	return len(names)
}

// sound reports whether the members make a lawful committee in any of the ways
// in which the rows can be read: each row a person, or each name; all of them
// together, or those who came on one day, or between two evaluation reports, for
// a lot that was evaluated again had two committees.
func sound(d *docket.Docket, lot string, rows []*docket.Entry, least int) bool {
	good := func(n int) bool { return n >= least && n%2 == 1 }
	reports := timeline.Occurrences(d, "evaluation.reported", lot)
	for _, by := range []func(*docket.Entry) string{
		func(*docket.Entry) string { return "" },
		func(e *docket.Entry) string {
			m, _ := trade.ParseMoment(e.Fields["EXPERT_CHECK_IN_TIME"])
			return m.Day().String()
		},
		func(e *docket.Entry) string {
			m, _ := trade.ParseMoment(e.Fields["EXPERT_CHECK_IN_TIME"])
			n := 0
			for _, r := range reports {
				if r.At.Latest().Before(m.Earliest()) {
					n++
				}
			}
			return strconv.Itoa(n)
		},
	} {
		groups := map[string][]*docket.Entry{}
		for _, e := range rows {
			groups[by(e)] = append(groups[by(e)], e)
		}
		all := true
		for _, g := range groups {
			all = all && (good(len(g)) || good(people(g)))
		}
		if all {
			return true
		}
	}
	return false
}

// share says when fewer than two thirds are experts: by the kinds that the
// setting names as the tenderer's own people, else by the counts of the draw
// (9112); told is false when neither is there.
func (r a07) share(l *look, d *docket.Docket, lot string, rows []*docket.Entry, set effective) (zh, en string, told bool) {
	experts, all := 0, 0
	if len(set.Representatives) > 0 {
		all = len(rows)
		for _, e := range rows {
			if !slices.Contains(set.Representatives, strings.TrimSpace(e.Fields["EXPERT_TYPE"])) {
				experts++
			}
		}
	} else {
		own := 0
		for _, e := range timeline.Rows(d, "9112", lot) {
			n, okN := count(e.Fields["EXPERT_COUNT"])
			t, okT := count(e.Fields["TENDERER_COUNT"])
			if e.Fields["REDRAW"] == "1" || !okN || !okT {
				continue
			}
			experts, own = experts+n, max(own, t)
			l.seeField(e, "EXPERT_COUNT").seeField(e, "TENDERER_COUNT")
		}
		all = experts + own
	}
	if all == 0 {
		return "", "", false
	}
	if 3*experts < 2*all {
		return fmt.Sprintf("技术、经济等方面专家 %d 人，少于成员总数 %d 人的三分之二", experts, all), fmt.Sprintf("%d experts of %d, fewer than two thirds", experts, all), true
	}
	return "", "", true
}

// count reads a small whole number; a fraction of zeros is none.
func count(s string) (int, bool) {
	whole, frac, _ := strings.Cut(strings.TrimSpace(s), ".")
	n, err := strconv.Atoi(whole)
	return n, err == nil && n >= 0 && n < 1000 && strings.Trim(frac, "0") == ""
}

// named finds a record of the draw that says that the members were named, not
// drawn; nil when there is none, or another record says at random.
func named(d *docket.Docket, lot string) *docket.Entry {
	var found *docket.Entry
	for _, dataset := range []string{"9005", "9112"} {
		for _, e := range timeline.Rows(d, dataset, lot) {
			text := e.Fields["EXTRACT_RULE"] + e.Fields["EXPERT_LIST_CONFIRM"] + e.Fields["DRAW_RULE"]
			if strings.Contains(text, "随机") && !strings.Contains(text, "非随机") {
				return nil
			}
			for _, word := range []string{"非随机", "直接确定", "直接指定", "指定专家", "招标人指定", "人工指定"} {
				if found == nil && strings.Contains(text, word) {
					found = e
				}
			}
		}
	}
	return found
}

func drawText(e *docket.Entry) string {
	if e.Dataset == "9112" {
		return "DRAW_RULE"
	}
	return "EXTRACT_RULE"
}
