package detect

import (
	"fmt"
	"slices"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// k04: a later stage of a lot is dated before an earlier one. The first event of
// each stage is compared, so that a second round is no reversal; a date without
// an hour contradicts no time of its own day. What is wrong inside one record is
// the door's to say (S047).
type k04 struct{}

func (k04) Info() Info {
	return Info{ID: "K04", Version: 1, ZH: "环节时间倒置", EN: "time reversed between stages", Grade: Fact, Datasets: []string{"503", "505", "506", "509", "511", "513", "9018", "512"}}
}

func (r k04) Look(d *docket.Docket, env Env) []Finding { return eachLot(d, env, r.lot) }

func (r k04) lot(d *docket.Docket, lot string, env Env) Finding {
	set, ok := env.Settings.For("K04", d, trade.DayOf(env.At))
	l := start(r.Info(), d, lot, set)
	l.threshold("in order")
	switch {
	case !ok || len(set.Order) == 0 && set.Applies != "no":
		return l.notApplicable("该地区和类别未设置", "no setting for this region and class")
	case set.Applies == "no":
		return l.notApplicable(set.Reason, set.Reason)
	}
	type stage struct {
		event timeline.Event
		first timeline.Occurrence
	}
	var stages []stage
	for _, id := range set.Order {
		e, _ := timeline.EventByID(id)
		if all := timeline.Occurrences(d, id, lot); len(all) > 0 {
			stages = append(stages, stage{e, all[0]})
		}
	}
	if len(stages) < 2 {
		return l.lacks("two stages with a time")
	}
	var zh, en []string
	for i, later := range stages {
		for _, earlier := range slices.Backward(stages[:i]) {
			if !later.first.At.Latest().Before(earlier.first.At.Earliest()) {
				continue
			}
			l.seeEvent(later.first).seeEvent(earlier.first)
			zh = append(zh, fmt.Sprintf("%s（%s）早于%s（%s）", later.event.ZH, later.first.At, earlier.event.ZH, earlier.first.At))
			en = append(en, fmt.Sprintf("%s (%s) before %s (%s)", later.event.EN, later.first.At, earlier.event.EN, earlier.first.At))
			break // the nearest stage before it is enough
		}
	}
	if len(zh) > 0 {
		return l.answer(Fired, fmt.Sprintf("%d reversed", len(zh)), strings.Join(zh, "；")+"，建议核查。", strings.Join(en, "; ")+"; checking is suggested.")
	}
	for _, s := range stages {
		l.seeEvent(s.first)
	}
	return l.answer(Clear, "0 reversed", fmt.Sprintf("已核 %d 个环节，时间先后一致。", len(stages)), fmt.Sprintf("%d stages were looked at; their times are in order.", len(stages)))
}
