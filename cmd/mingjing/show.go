package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/refold"
	"mingjing/internal/store"
	"mingjing/internal/trade"
)

// readerFlags choose through whose eyes a command at the machine looks.
type readerFlags struct {
	As      string   `default:"auditor" enum:"source,supervisor,auditor,administrator,public" help:"Audience to read as: source, supervisor, auditor, administrator, public."`
	Regions []string `help:"Jurisdiction of a supervisor: GB/T 2260 codes or prefixes."`
	Origins []string `help:"Platform codes of a source."`
}

func (f readerFlags) reader() disclose.Reader {
	return disclose.Reader{Audience: disclose.Audience(f.As), ID: "command-line", Regions: f.Regions, Origins: f.Origins}
}

type docketCmd struct {
	Show docketShowCmd `cmd:"" help:"Show one docket as a reader may see it."`
	List docketListCmd `cmd:"" help:"List dockets, a line each."`
}

type docketShowCmd struct {
	dataFlags
	readerFlags
	ID   string `arg:"" help:"Tender project code or ocid."`
	JSON bool   `help:"Print the view as JSON."`
	EN   bool   `name:"en" help:"English instead of Chinese."`
}

func (c *docketShowCmd) Run(ctx context.Context) error {
	return c.read(ctx, func(h *house) error {
		d, err := h.docketOf(ctx, c.ID)
		if err != nil {
			return err
		}
		if d == nil {
			return fmt.Errorf("no docket %q: give a tender project code or an ocid; `mingjing orphans` lists records that found no docket", c.ID)
		}
		v := disclose.View(d, c.reader().Under(h.offices), time.Now())
		if v == nil {
			return fmt.Errorf("docket %q holds nothing that %s may see", c.ID, c.As)
		}
		if c.JSON {
			return printJSON(os.Stdout, v, "  ")
		}
		return printView(os.Stdout, v, c.EN)
	})
}

// docketOf reads a stored docket; nil when there is none.
func (h *house) docketOf(ctx context.Context, id string) (*docket.Docket, error) {
	row, err := h.db.Docket(ctx, id)
	if err != nil || row == nil {
		return nil, err
	}
	return docket.Decode(row.Body)
}

func printJSON(w io.Writer, v any, indent string) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	return enc.Encode(v)
}

func printView(w io.Writer, v *disclose.Docket, en bool) error {
	say := func(words disclose.Words) string {
		if en {
			return words.EN
		}
		return words.ZH
	}
	fmt.Fprintf(w, "%s  %s  %s\n", v.ID, v.Title, v.Region)
	if v.Competent != nil {
		printAnswer(w, v.Competent, en)
	}
	for _, lot := range v.Lots {
		fmt.Fprintf(w, "\n%s  %s  [%s]\n", lot.Code, lot.Name, say(lot.Words))
		for _, b := range lot.Bids {
			fmt.Fprintf(w, "    %s  %s  %s\n", b.Bidder, b.Code, b.Price)
		}
		for _, p := range lot.Closed {
			fmt.Fprintf(w, "    %s: %s (%s)\n", say(p.Words), p.State, say(p.Article))
		}
	}
	fmt.Fprintln(w)
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, e := range v.Events {
		at := e.At.In(trade.Zone).Format("2006-01-02 15:04:05")
		if e.WholeDay {
			at = at[:len("2006-01-02")]
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s %s\n", at, say(disclose.Words{ZH: e.ZH, EN: e.EN}), e.Lot, e.Source, e.Dataset, e.Key)
	}
	return tw.Flush()
}

type docketListCmd struct {
	dataFlags
	Limit int `default:"1000" help:"How many at most."`
}

func (c *docketListCmd) Run(ctx context.Context) error {
	return c.read(ctx, func(h *house) error {
		left := c.Limit
		err := h.eachDocket(ctx, store.DocketFilter{}, func(row *store.DocketRow) error {
			if left--; left < 0 {
				return errEnough
			}
			fmt.Printf("%s\t%s\t%s\t%s\n", row.ID, row.Region, row.Vector, row.Title)
			return nil
		})
		if errors.Is(err, errEnough) {
			return nil
		}
		return err
	})
}

// errEnough ends a walk over the dockets that has shown what was asked for.
var errEnough = errors.New("enough")

// eachDocket calls fn for every stored docket that f chooses, by id.
func (h *house) eachDocket(ctx context.Context, f store.DocketFilter, fn func(*store.DocketRow) error) error {
	f.Limit = 500
	for {
		page, err := h.db.Dockets(ctx, f)
		if err != nil {
			return err
		}
		for _, row := range page {
			if err := fn(row); err != nil {
				return err
			}
			f.After = row.ID
		}
		if len(page) < f.Limit {
			return nil
		}
	}
}

type findCmd struct {
	dataFlags
	readerFlags
	JSON      bool     `help:"A JSON line each."`
	State     []string `help:"Only these states: fired, clear, 'insufficient data', 'not applicable', failed."`
	Indicator []string `help:"Only these indicators."`
	Docket    string   `help:"Only this docket."`
}

// Run asks every indicator about every stored docket as of now, so that the
// answers that left no row (clear, insufficient data, not applicable) are
// printed too.
func (c *findCmd) Run(ctx context.Context) error {
	return c.read(ctx, func(h *house) error {
		now := time.Now()
		var f store.DocketFilter
		if c.Docket != "" {
			f.IDs = []string{c.Docket}
		}
		return h.eachDocket(ctx, f, func(row *store.DocketRow) error {
			d, err := docket.Decode(row.Body)
			if err != nil {
				return fmt.Errorf("docket %s: %w", row.ID, err)
			}
			fs := disclose.Findings(h.evaluate(d, now), d, c.reader().Under(h.offices), now)
			for i := range fs {
				if c.wanted(&fs[i]) {
					if err := c.print(&fs[i]); err != nil {
						return err
					}
				}
			}
			return nil
		})
	})
}

func (c *findCmd) wanted(f *detect.Finding) bool {
	return (len(c.State) == 0 || slices.Contains(c.State, string(f.State))) &&
		(len(c.Indicator) == 0 || slices.Contains(c.Indicator, f.Indicator))
}

func (c *findCmd) print(f *detect.Finding) error {
	if c.JSON {
		// What concerns the whole docket names no lot: the member is there all the same.
		return printJSON(os.Stdout, struct {
			detect.Finding
			Lot string `json:"lot"`
		}{*f, f.Lot}, "")
	}
	_, err := fmt.Printf("%s  %-17s  %s %s  %s  %s\n", f.Indicator, f.State, f.Docket, f.Lot, f.Value, f.TextZH)
	return err
}

type orphansCmd struct {
	dataFlags
}

func (c *orphansCmd) Run(ctx context.Context) error {
	return c.read(ctx, func(h *house) error {
		return h.worker.Orphans(ctx, func(o refold.Orphan) error { return printJSON(os.Stdout, o, "") })
	})
}
