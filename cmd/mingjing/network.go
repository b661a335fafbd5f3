package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/network"
	"mingjing/internal/store"
	"mingjing/internal/trade"
)

type networkCmd struct {
	dataFlags
	Body string `help:"Only what names this body: a unified social credit code, or a name."`
	JSON bool   `help:"Print everything as JSON."`
	EN   bool   `name:"en" help:"English instead of Chinese."`
	Lots int    `default:"5" help:"Lots listed under each clue; JSON has all."`
}

// Run looks at all stored dockets once and prints what it finds, each with the
// lots behind it. A stored docket holds only what was released, so that a lot
// that is not opened is in none of it.
func (c *networkCmd) Run(ctx context.Context) error {
	return c.read(ctx, func(h *house) error {
		facts, err := h.facts(ctx)
		if err != nil {
			return err
		}
		r := network.Analyze(facts, h.rules.At(h.clock()).NetworkSettings(trade.DayOf(h.clock())))
		if c.Body != "" {
			r = r.About(c.Body)
		}
		if c.JSON {
			return printJSON(os.Stdout, r, "  ")
		}
		return c.print(&r)
	})
}

// facts reads the lots of all stored dockets.
func (h *house) facts(ctx context.Context) ([]network.Fact, error) {
	marks, err := h.sharedMarks(ctx)
	if err != nil {
		return nil, err
	}
	var out []network.Fact
	err = h.eachDocket(ctx, store.DocketFilter{}, func(row *store.DocketRow) error {
		d, err := docket.Decode(row.Body)
		if err != nil {
			return fmt.Errorf("docket %s: %w", row.ID, err)
		}
		in := network.Docket{ID: d.ID, Title: d.Title, Class: d.Class, Region: d.Region}
		for i := range d.Live {
			if e := &d.Live[i]; !e.Deleted {
				in.Rows = append(in.Rows, network.Row{Dataset: e.Dataset, Lots: e.Lots(), Value: func(f string) string { return e.Fields[f] }})
			}
		}
		for _, f := range in.Facts() {
			f.Shared = marks[[2]string{f.Docket, f.Lot}]
			out = append(out, f)
		}
		return nil
	})
	return out, err
}

// sharedMarks reads the findings that bids of several bidders came from one
// hand, by docket and lot. A dismissed one is none.
func (h *house) sharedMarks(ctx context.Context) (map[[2]string][]network.Shared, error) {
	out := map[[2]string][]network.Shared{}
	f := store.FindingFilter{State: string(detect.Fired), Oldest: true, Limit: 1000}
	for {
		rows, err := h.db.Findings(ctx, f)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			row := &rows[i]
			f.After = row.Seq
			if !network.SameHand(row.Indicator) || row.Dismissed {
				continue
			}
			var found detect.Finding
			if err := json.Unmarshal(row.Body, &found); err != nil {
				return nil, fmt.Errorf("finding %s of docket %s: %w", row.Key, row.Docket, err)
			}
			at := [2]string{row.Docket, row.Lot}
			out[at] = append(out[at], network.SharedBy(row.Indicator, found.Subjects))
		}
		if len(rows) < f.Limit {
			return out, nil
		}
	}
}

func (c *networkCmd) print(r *network.Report) error {
	out := bufio.NewWriter(os.Stdout)
	say := func(w network.Words) string {
		if c.EN {
			return w.EN
		}
		return w.ZH
	}
	head := func(zh, en string, n int) {
		if n > 0 {
			fmt.Fprintf(out, "\n%s (%d)\n", say(network.Words{ZH: zh, EN: en}), n)
		}
	}
	lots := func(lots []network.Lot) {
		for _, l := range lots[:min(c.Lots, len(lots))] {
			fmt.Fprintf(out, "      %s %s %s %s → %s\n", l.Day, l.Docket, l.Lot, l.Title, l.Winner)
		}
		if more := len(lots) - c.Lots; more > 0 {
			fmt.Fprintf(out, "      … +%d\n", more)
		}
	}
	clue := func(text network.Words, innocent []network.Words, ev []network.Lot, more ...network.Words) {
		fmt.Fprintf(out, "  - %s\n", say(text))
		for _, m := range more {
			fmt.Fprintf(out, "    %s\n", say(m))
		}
		var why []string
		for _, w := range innocent {
			why = append(why, say(w))
		}
		fmt.Fprintf(out, "    %s%s\n", say(network.Words{ZH: "可能的正常原因：", EN: "May be innocent: "}), strings.Join(why, say(network.Words{ZH: "；", EN: "; "})))
		lots(ev)
	}
	fmt.Fprintln(out, say(network.Words{
		ZH: fmt.Sprintf("%d 个已开标标段，%d 个投标人。以下均为线索，建议核查；是否存在问题由人判断。", r.Lots, r.Bodies),
		EN: fmt.Sprintf("%d opened lots, %d bidders. What follows are clues that suggest checking; people decide.", r.Lots, r.Bodies),
	}))
	head("相互同场的群体", "Groups", len(r.Groups))
	for _, g := range r.Groups {
		var more []network.Words
		if g.Rotation != nil {
			more = append(more, g.Rotation.Text)
		}
		if g.Territory != nil {
			more = append(more, g.Territory.Text)
		}
		clue(g.Text, g.Innocent, g.Lots, more...)
	}
	head("同场投标异常频繁的组合", "Pairs", len(r.Pairs))
	for _, p := range r.Pairs {
		clue(p.Text, p.Innocent, p.Lots)
	}
	head("投标多、极少中标（疑似陪标）", "Bids often, hardly ever wins", len(r.Covers))
	for _, x := range r.Covers {
		clue(x.Text, x.Innocent, x.Lots)
	}
	head("中标率很高", "Habitual winners", len(r.Habitual))
	for _, x := range r.Habitual {
		clue(x.Text, x.Innocent, x.Lots)
	}
	head("招标人、代理机构、专家与中标人的固定组合", "Ties of buyers, agencies and experts with winners", len(r.Ties))
	for _, t := range r.Ties {
		clue(t.Text, t.Innocent, t.Lots)
	}
	head("投标文件出自同一来源的线索", "Marks that bids share", len(r.Shared))
	for _, m := range r.Shared {
		fmt.Fprintf(out, "  - %s — %s  %s\n", m.A.Name, m.B.Name, strings.Join(slices.Clone(m.Kinds), " "))
		lots(m.Lots)
	}
	return out.Flush()
}
