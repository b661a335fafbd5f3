package detect

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// The indicators of family H: what the committee's scores and the doors of its
// room say. All of it is sealed until the result is determined, and no expert is
// named in a finding.

// sheetsOf are the points that each expert gave each bidder, by bidder, in the
// docket's order; two rows of one expert about one bidder are left to the later.
func (q *question) sheetsOf() map[string][]*docket.Entry {
	p := partiesOf(q.d, q.lot)
	by := map[string][]*docket.Entry{}
	for _, e := range q.rows("9015") {
		who, expert := p.identity(e), expertIn(e)
		if who == "" || expert == "" {
			continue
		}
		if i := slices.IndexFunc(by[who], func(o *docket.Entry) bool { return expertIn(o) == expert }); i >= 0 {
			if e.Position > by[who][i].Position {
				by[who][i] = e
			}
			continue
		}
		by[who] = append(by[who], e)
	}
	return by
}

func expertIn(e *docket.Entry) string {
	return or(fold(e.Fields["ID_CARD"]), normalName(e.Fields["EXPERT_NAME"]))
}

// newH01: an expert's technical points for a bidder are far from what the
// others of the committee gave it.
func newH01() plain {
	return plain{
		info: Info{
			ID: "H01", Version: 1, ZH: "专家评分畸高或畸低", EN: "an expert's score far from the panel's",
			Grade: Clue, Datasets: []string{"9015"},
		},
		limits: []string{"percent", "points", "experts"}, seal: standard.Committee, behind: []string{"9015"},
		ask: func(q *question) Finding {
			limit, least := q.limit("percent"), trade.Money(q.limit("points"))*trade.Yuan
			q.threshold(fmt.Sprintf("within %d %% of the mean of the others, or %d points", limit, q.limit("points")))
			by := q.sheetsOf()
			if len(by) == 0 {
				return q.lacks("9015 TECHNICAL_POINTS, EXPERT_NAME")
			}
			enough := false
			worst, off := int64(0), 0
			var highest, lowest int
			for _, who := range sortedKeys(by) {
				var points []trade.Money
				var rows []*docket.Entry
				for _, e := range by[who] {
					if n, ok := number(e.Fields["TECHNICAL_POINTS"]); ok && n >= 0 && n <= 1000*trade.Yuan {
						points, rows = append(points, n), append(rows, e)
					}
				}
				if int64(len(points)) < max(3, q.limit("experts")) {
					continue
				}
				enough = true
				var sum trade.Money
				for _, n := range points {
					sum += n
				}
				for i, n := range points {
					mean := (sum - n) / trade.Money(len(points)-1)
					d := n - mean
					if d < 0 {
						d = -d
					}
					if mean <= 0 || d < least || int64(d)*100 <= int64(mean)*limit {
						continue
					}
					off++
					if n > mean {
						highest++
					} else {
						lowest++
					}
					worst = max(worst, share(d, mean))
					q.about(who).seeField(rows[i], "TECHNICAL_POINTS")
				}
			}
			switch {
			case !enough:
				return q.lacks("9015 TECHNICAL_POINTS of at least three experts for a bidder")
			case off > 0:
				return q.fire(percent(worst)+" %", fmt.Sprintf("有 %d 处技术评分偏离其他评委均值超过 %d%%（偏高 %d 处、偏低 %d 处），最大偏离 %s%%", off, limit, highest, lowest, percent(worst)),
					fmt.Sprintf("%d technical scores differ from the mean of the other experts by more than %d %% (%d above, %d below), by %s %% at most", off, limit, highest, lowest, percent(worst)))
			}
			for _, who := range sortedKeys(by) {
				for _, e := range by[who] {
					q.seeField(e, "TECHNICAL_POINTS")
				}
			}
			return q.answer(Clear, "0 scores", fmt.Sprintf("已核 %d 个投标人的技术评分，未见畸高畸低。", len(by)), fmt.Sprintf("The technical scores of %s were looked at; none is far from the others.", bidders(len(by))))
		},
	}
}

// newH02: points that follow from facts, those for price and for
// qualification, were not given alike by all experts.
func newH02() plain {
	return plain{
		info: Info{
			ID: "H02", Version: 1, ZH: "客观分评分不一致", EN: "objective items scored differently",
			Grade: Clue, Datasets: []string{"9015"},
		},
		seal: standard.Committee, behind: []string{"9015"},
		ask: func(q *question) Finding {
			q.threshold("equal")
			by := q.sheetsOf()
			compared, differ := 0, 0
			for _, who := range sortedKeys(by) {
				for _, f := range []string{"PRICE_POINTS", "QUALIFICATION_POINTS"} {
					var first trade.Money
					n, unlike := 0, false
					for _, e := range by[who] {
						if v, ok := number(e.Fields[f]); ok {
							if n == 0 {
								first = v
							}
							n++
							unlike = unlike || v != first
						}
					}
					if n < 2 {
						continue
					}
					compared++
					if unlike {
						differ++
						q.about(who)
						for _, e := range by[who] {
							q.seeField(e, f)
						}
					}
				}
			}
			switch {
			case compared == 0:
				return q.lacks("9015 PRICE_POINTS, QUALIFICATION_POINTS of at least two experts")
			case differ > 0:
				return q.fire(fmt.Sprintf("%d of %d", differ, compared), fmt.Sprintf("报价分、资格分等客观分有 %d 项（共 %d 项）不同评委打分不一致", differ, compared), fmt.Sprintf("Of %d objective items (price, qualification) %d were scored differently by the experts", compared, differ))
			}
			for _, who := range sortedKeys(by) {
				for _, e := range by[who] {
					q.seeField(e, "PRICE_POINTS")
				}
			}
			return q.answer(Clear, fmt.Sprintf("0 of %d", compared), fmt.Sprintf("已核 %d 项客观分，各评委一致。", compared), fmt.Sprintf("%d objective items were looked at; the experts agree.", compared))
		},
	}
}

// newH05: the evaluation was over within minutes, or a member came long after
// the first or stayed out of the room for long.
func newH05() plainMeasured {
	r := plain{
		info: Info{
			ID: "H05", Version: 1, ZH: "评标时间过短，或评委迟到、离场", EN: "very short evaluation, or a member late or away",
			Grade: Clue, Article: "招标投标法实施条例 第四十八条", Datasets: []string{"508", "509", "9108"},
		},
		limits: []string{"minutes", "late_minutes", "away_minutes", "times"}, seal: standard.Committee, behind: []string{"508", "9108"},
	}
	r.ask = evaluatedBriefly
	return plainMeasured{r, func(d *docket.Docket, lot string) (float64, bool) {
		q := &question{start(r.info, d, lot, unset), d, lot, Env{Calendar: trade.China()}}
		from, to := q.evaluation()
		if from == nil || to == nil || to.At.WholeDay {
			return 0, false
		}
		n := to.At.Time.Sub(from.At.Time).Minutes()
		return n, n >= 0
	}}
}

// evaluation finds when the first member came and when the evaluation ended; of
// a lot that was evaluated again, the last time.
func (q *question) evaluation() (from, to *timeline.Occurrence) {
	for _, e := range q.rows("509") {
		if m, ok := trade.ParseMoment(e.Fields["END_TIME"]); ok && (to == nil || m.Time.After(to.At.Time)) {
			to = &timeline.Occurrence{At: m, Ref: timeline.RefOf(e, "END_TIME"), Live: true}
		}
	}
	if to == nil {
		return nil, nil
	}
	for _, s := range [][2]string{{"508", "EXPERT_CHECK_IN_TIME"}, {"9108", "ENTER_TIME"}} {
		for _, e := range q.rows(s[0]) {
			m, ok := trade.ParseMoment(e.Fields[s[1]])
			if !ok || m.WholeDay || m.Time.After(to.At.Latest()) || s[0] == "9108" && e.Fields["PERSON_ROLE"] != "1" {
				continue
			}
			if from == nil || m.Time.Before(from.At.Time) {
				from = &timeline.Occurrence{At: m, Ref: timeline.RefOf(e, s[1]), Live: true}
			}
		}
		if from != nil {
			break
		}
	}
	return from, to
}

func evaluatedBriefly(q *question) Finding {
	least := float64(q.limit("minutes"))
	from, to := q.evaluation()
	switch {
	case to == nil || to.At.WholeDay:
		return q.lacks("509 END_TIME")
	case from == nil:
		return q.lacks("508 EXPERT_CHECK_IN_TIME / 9108 ENTER_TIME")
	}
	if low, _, mid, ok := q.fences(); ok {
		least = max(least, min(low, mid/float64(max(1, q.limit("times")))))
	}
	late, away := time.Duration(q.limit("late_minutes"))*time.Minute, time.Duration(q.limit("away_minutes"))*time.Minute
	q.threshold(fmt.Sprintf("at least %s min; nobody %d min late or %d min away", plainNumber(least), q.limit("late_minutes"), q.limit("away_minutes")))
	took := to.At.Time.Sub(from.At.Time)
	q.seeEvent(*from).seeEvent(*to)
	value := fmt.Sprintf("%d min", int64(took.Minutes()))
	var zh, en []string
	if took.Minutes() < least {
		zh, en = append(zh, fmt.Sprintf("评标从首位评委签到到结束仅 %d 分钟", int64(took.Minutes()))), append(en, fmt.Sprintf("the evaluation took %d minutes from the first member's coming", int64(took.Minutes())))
	}
	n := 0
	for _, e := range q.rows("508") {
		m, ok := trade.ParseMoment(e.Fields["EXPERT_CHECK_IN_TIME"])
		if ok && !m.WholeDay && m.Time.Sub(from.At.Time) > late && !m.Time.After(to.At.Latest()) && m.Day() == from.At.Day() {
			n++
			q.seeField(e, "EXPERT_CHECK_IN_TIME")
		}
	}
	if n > 0 {
		zh, en = append(zh, fmt.Sprintf("%d 名评委签到比首位晚 %d 分钟以上", n, q.limit("late_minutes"))), append(en, fmt.Sprintf("%d member(s) came more than %d minutes after the first", n, q.limit("late_minutes")))
	}
	if n := q.absences(*to, away); n > 0 {
		zh, en = append(zh, fmt.Sprintf("评标期间有 %d 次离开评标室超过 %d 分钟", n, q.limit("away_minutes"))), append(en, fmt.Sprintf("members left the room for more than %d minutes %d time(s)", q.limit("away_minutes"), n))
	}
	if len(zh) > 0 {
		return q.fire(value, strings.Join(zh, "；"), capital(strings.Join(en, "; ")))
	}
	return q.answer(Clear, value, fmt.Sprintf("评标历时 %d 分钟，未见迟到、离场。", int64(took.Minutes())), fmt.Sprintf("The evaluation took %d minutes; nobody was late or away.", int64(took.Minutes())))
}

// absences counts how often a member left and came back on the same day later
// than allowed, before the evaluation ended.
func (q *question) absences(to timeline.Occurrence, away time.Duration) int {
	type stay struct {
		in, out time.Time
		row     *docket.Entry
	}
	by := map[string][]stay{}
	for _, e := range q.rows("9108") {
		in, okIn := trade.ParseMoment(e.Fields["ENTER_TIME"])
		out, okOut := trade.ParseMoment(e.Fields["LEAVE_TIME"])
		if who := or(fold(e.Fields["ID_CARD"]), normalName(e.Fields["PERSON_NAME"])); who != "" && okIn && (e.Fields["PERSON_ROLE"] == "1" || e.Fields["PERSON_ROLE"] == "2") {
			s := stay{in: in.Time, row: e}
			if okOut {
				s.out = out.Time
			}
			by[who] = append(by[who], s)
		}
	}
	n := 0
	for _, who := range sortedKeys(by) {
		stays := by[who]
		slices.SortStableFunc(stays, func(a, b stay) int { return a.in.Compare(b.in) })
		for i := 1; i < len(stays); i++ {
			left, back := stays[i-1].out, stays[i].in
			if !left.IsZero() && back.Sub(left) > away && trade.DayOf(left) == trade.DayOf(back) && back.Before(to.At.Latest()) {
				n++
				q.seeField(stays[i-1].row, "LEAVE_TIME").seeField(stays[i].row, "ENTER_TIME")
			}
		}
	}
	return n
}

// capital begins a sentence.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// newH07: the winner's total is so far above the mean of all that one asks what
// the others bid for.
func newH07() plain {
	return plain{
		info: Info{
			ID: "H07", Version: 1, ZH: "中标人得分远高于平均分", EN: "the winner's score far above the mean",
			Grade: Clue, Datasets: []string{"510", "513", "9017", "9018"},
		},
		limits: []string{"percent", "bidders"}, seal: standard.Bid, behind: []string{"510", "9017"},
		ask: func(q *question) Finding {
			limit, least := q.limit("percent"), int(q.limit("bidders"))
			q.threshold(fmt.Sprintf("under %d %% of the mean", limit))
			p, out, winners := partiesOf(q.d, q.lot), rejections(q.d, q.lot), q.winners()
			if len(winners) == 0 {
				return q.notApplicable("尚未公布中标结果", "no result yet")
			}
			type total struct {
				row    *docket.Entry
				field  string
				points trade.Money
			}
			by := map[string]total{}
			for _, e := range q.rows("9017") {
				if who := p.identity(e); who != "" && !out[who] {
					if n, ok := totalPoints(e); ok {
						by[who] = total{e, "PRICE_POINTS", n}
					}
				}
			}
			if len(by) == 0 {
				for _, e := range q.rows("510") {
					if n, ok := number(e.Fields["EVALUATION_RESULT"]); ok && n > 0 {
						by[p.identity(e)] = total{e, "EVALUATION_RESULT", n}
					}
				}
			}
			if len(by) == 0 {
				return q.lacks("9017 PRICE_POINTS, TECHNICAL_POINTS / 510 EVALUATION_RESULT")
			}
			if len(by) < least {
				return q.notApplicable(fmt.Sprintf("有得分的投标人少于 %d 个", least), fmt.Sprintf("fewer than %d bidders have scores", least))
			}
			var sum trade.Money
			winner := ""
			for _, who := range sortedKeys(by) {
				t := by[who]
				sum += t.points
				q.seeField(t.row, t.field)
				name := normalName(nameIn(t.row))
				if slices.ContainsFunc(winners, func(w body) bool { return w.code != "" && w.code == who || w.name != "" && w.name == name }) {
					winner = who
				}
			}
			mean := sum / trade.Money(len(by))
			switch {
			case winner == "":
				return q.lacks("9017 BIDDER_ORG_CODE / 510 WIN_CANDIDATE_CODE (no score of the winner)")
			case mean <= 0:
				return q.lacks("9017 PRICE_POINTS, TECHNICAL_POINTS (no points)")
			}
			value := percent(share(by[winner].points, mean)) + " %"
			if int64(by[winner].points)*100 >= int64(mean)*limit {
				q.about(winner)
				return q.fire(value, fmt.Sprintf("中标人得分 %s，为 %d 个投标人平均分的 %s", by[winner].points, len(by), value), fmt.Sprintf("The winner has %s points, %s of the mean of %s", by[winner].points, value, bidders(len(by))))
			}
			return q.answer(Clear, value, fmt.Sprintf("中标人得分为 %d 个投标人平均分的 %s。", len(by), value), fmt.Sprintf("The winner's score is %s of the mean of %s.", value, bidders(len(by))))
		},
	}
}

// newH08: somebody entered the evaluation room who is not of the committee and
// of whom no capacity or no reason is recorded.
func newH08() plain {
	return plain{
		info: Info{
			ID: "H08", Version: 1, ZH: "非评标委员会人员进入评标室", EN: "somebody not of the committee in the evaluation room",
			Grade: Clue, Article: "招标投标法 第三十八条", Datasets: []string{"508", "509", "9108"},
		},
		seal: standard.Committee, behind: []string{"9108"},
		ask: func(q *question) Finding {
			q.threshold("members, and others with a reason")
			entries := q.rows("9108")
			if len(entries) == 0 {
				return q.lacks("9108 PERSON_NAME, PERSON_ROLE")
			}
			members := map[string]bool{}
			for _, e := range q.rows("508") {
				members[normalName(e.Fields["EXPERT_NAME"])] = true
			}
			strangers, unexplained := 0, 0
			for _, e := range entries {
				role, name := e.Fields["PERSON_ROLE"], normalName(e.Fields["PERSON_NAME"])
				explained := !nothing(e.Fields["ENTRY_REASON"]) || !nothing(e.Fields["WITNESS"])
				switch {
				case role == "4" || explained:
					continue
				case role == "1" || role == "2":
					if len(members) == 0 || name == "" || members[name] {
						continue
					}
					strangers++
				case role == "9" || role == "":
					strangers++
				default:
					unexplained++
				}
				q.seeField(e, "PERSON_ROLE").seeField(e, "ENTER_TIME")
			}
			if n := strangers + unexplained; n > 0 {
				return q.fire(fmt.Sprintf("%d of %d entries", n, len(entries)), fmt.Sprintf("评标室出入记录 %d 条中，%d 条为非评标委员会成员，%d 条工作人员进入未记录事由", len(entries), strangers, unexplained),
					fmt.Sprintf("Of %d entries to the evaluation room %d are of people not on the committee and %d of staff without a reason", len(entries), strangers, unexplained))
			}
			for _, e := range entries {
				q.seeField(e, "PERSON_ROLE")
			}
			return q.answer(Clear, fmt.Sprintf("0 of %d entries", len(entries)), fmt.Sprintf("已核 %d 条评标室出入记录。", len(entries)), fmt.Sprintf("%d entries to the evaluation room were looked at.", len(entries)))
		},
	}
}
