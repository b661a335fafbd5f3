package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"mingjing/internal/likeness"
)

type benchBoqCmd struct {
	Data string `required:"" type:"existingdir" placeholder:"DIR" help:"Folder of CSV files of unit prices: Pay Item, Description, Quantity, Unit, Unit Price, Bid Date, Bidder Name, ProjectID, Extension."`
}

// Run measures how much bidders of presumed honest contracts have in common, and
// how many pairs each limit would name.
func (c *benchBoqCmd) Run() error {
	contracts, err := readBidTabs(c.Data)
	if err != nil {
		return err
	}
	keys := make([]string, 0, len(contracts))
	for k := range contracts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	l := likeness.DefaultBillLimits
	var same, near, ratios []float64
	bidders, reached := map[string]bool{}, map[string]int{}
	errorPairs := 0
	for _, k := range keys {
		lot := contracts[k]
		bills := make([]likeness.Bill, len(lot.names))
		for i, n := range lot.names {
			bills[i] = lot.bills[n]
			bidders[n] = true
		}
		for _, p := range likeness.CompareBills(bills, l) {
			if len(p.Errors) > 0 {
				errorPairs++
			}
			if p.Compared < l.Least {
				continue
			}
			same, near, ratios = append(same, p.IdenticalShare()), append(near, p.CloseShare()), append(ratios, p.RatioShare())
			_, why := p.Grade(l)
			for _, w := range why {
				reached[w]++
			}
		}
	}
	if len(same) == 0 {
		return errors.New("bench boq: no two bidders have items that can be compared")
	}
	fmt.Printf("%d contracts, %d bidders, %d pairs with %d comparable items or more\n\n", len(keys), len(bidders), len(same), l.Least)
	fmt.Println("| Share of items of a pair | median | 90 % | 95 % | 99 % | 99.9 % | most |")
	fmt.Println("|---|---|---|---|---|---|---|")
	for _, row := range []struct {
		name   string
		values []float64
	}{{"identical unit price", same}, {"within 2 %", near}, {"one constant ratio (not 1)", ratios}} {
		slices.Sort(row.values)
		fmt.Printf("| %s |", row.name)
		for _, q := range []float64{0.5, 0.9, 0.95, 0.99, 0.999, 1} {
			fmt.Printf(" %.3f |", row.values[int(q*float64(len(row.values)-1))])
		}
		fmt.Println()
	}
	at := 0
	for _, s := range same {
		if s >= l.Look {
			at++
		}
	}
	fmt.Printf("\nIdentical share at least %.0f %%: %d pairs; at least %.0f %%: %d. One ratio at least %.0f %%: %d. The same error of arithmetic: %d pairs.\n", 100*l.Look, at, 100*l.Strong, reached["strong"], 100*l.Ratio, reached["ratio"], errorPairs)
	return nil
}

// A bidTab is one contract's bids.
type bidTab struct {
	names []string
	bills map[string]likeness.Bill
}

func readBidTabs(dir string) (map[string]*bidTab, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil || len(paths) == 0 {
		return nil, errors.Join(err, fmt.Errorf("bench boq: no .csv file in %s", dir))
	}
	slices.Sort(paths)
	out := map[string]*bidTab{}
	for _, p := range paths {
		if err := readBidTab(p, out); err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
	}
	return out, nil
}

func readBidTab(name string, out map[string]*bidTab) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = -1, true, true
	head, err := r.Read()
	if err != nil {
		return err
	}
	column := map[string]int{}
	for i, h := range head {
		column[h] = i
	}
	for _, want := range []string{"Pay Item", "Unit", "Quantity", "Unit Price", "Bidder Name", "ProjectID", "Bid Date", "Extension"} {
		if _, ok := column[want]; !ok {
			return fmt.Errorf("no column %q", want)
		}
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		get := func(name string) string {
			if at := column[name]; at < len(row) {
				return row[at]
			}
			return ""
		}
		number := func(name string) float64 { v, _ := strconv.ParseFloat(get(name), 64); return v }
		lot, name := get("ProjectID")+"\x00"+get("Bid Date"), get("Bidder Name")
		if name == "" || number("Unit Price") <= 0 {
			continue
		}
		t := out[lot]
		if t == nil {
			t = &bidTab{bills: map[string]likeness.Bill{}}
			out[lot] = t
		}
		if _, ok := t.bills[name]; !ok {
			t.names = append(t.names, name)
		}
		t.bills[name] = append(t.bills[name], likeness.BillItem{
			Code: get("Pay Item"), Unit: get("Unit"), Quantity: number("Quantity"), Price: number("Unit Price"), Amount: number("Extension"),
		})
	}
}
