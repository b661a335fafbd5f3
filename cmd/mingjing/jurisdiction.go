package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mingjing/internal/jurisdiction"
	"mingjing/internal/trade"
)

// officesFile replaces the program's own table of jurisdictions.
const officesFile = "jurisdiction.yaml"

// readOffices reads the table of a data folder; without one the program's own.
func readOffices(dir string) (*jurisdiction.Table, error) {
	path := filepath.Join(dir, officesFile)
	body, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return jurisdiction.Default(), nil
	}
	if err != nil {
		return nil, err
	}
	t, err := jurisdiction.Read(bytes.NewReader(body), trade.Regions())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

type jurisdictionCmd struct {
	Data  string   `placeholder:"DIR" help:"Data folder whose jurisdiction.yaml replaces the program's own table."`
	At    string   `placeholder:"DATE" help:"Day, such as 2018-03-01; default: today."`
	Kind  []string `help:"Deal class of the works (A01 …) or number of a data set, where kinds have offices of their own."`
	JSON  bool     `help:"A JSON line for each class."`
	EN    bool     `name:"en" help:"English instead of Chinese."`
	Table bool     `help:"Print the program's own table, to begin jurisdiction.yaml from."`
	Code  string   `arg:"" optional:"" help:"GB/T 2260 code, former ones included."`
	Class string   `arg:"" optional:"" help:"Class of trade, such as construction; default: all."`
}

func (c *jurisdictionCmd) Run() error {
	if c.Table {
		_, err := os.Stdout.Write(jurisdiction.Source())
		return err
	}
	if c.Code == "" {
		return errors.New("jurisdiction: give the code of a region, such as 410300")
	}
	table := jurisdiction.Default()
	if c.Data != "" {
		var err error
		if table, err = readOffices(c.Data); err != nil {
			return err
		}
	}
	day := trade.DayOf(time.Now())
	if c.At != "" {
		var err error
		if day, err = trade.ParseDay(c.At); err != nil {
			return fmt.Errorf("--at: %w", err)
		}
	}
	classes := trade.Classes()
	if c.Class != "" {
		classes = []trade.Class{trade.Class(c.Class)}
	}
	for i, class := range classes {
		a, err := table.Competent(c.Code, class, c.Kind, day)
		if err != nil {
			return err
		}
		if c.JSON {
			err = printJSON(os.Stdout, struct {
				Class trade.Class `json:"class"`
				*jurisdiction.Competent
			}{class, a}, "")
			if err != nil {
				return err
			}
			continue
		}
		if i == 0 {
			c.head(os.Stdout, a)
		}
		fmt.Printf("\n%s\n", pick(c.EN, class.ZH(), class.EN()))
		printCharges(os.Stdout, a, c.EN)
	}
	return nil
}

func (c *jurisdictionCmd) head(w io.Writer, a *jurisdiction.Competent) {
	fmt.Fprintf(w, "%s %s  %s\n", a.Name, a.Region, a.Day)
	for _, n := range a.Notes {
		fmt.Fprintf(w, "  %s\n", pick(c.EN, n.ZH, n.EN))
	}
}

// printAnswer tells who is competent for one docket.
func printAnswer(w io.Writer, a *jurisdiction.Competent, en bool) {
	fmt.Fprintf(w, "%s (%s %s, %s)\n", pick(en, "监督部门", "competent offices"), a.Name, a.Region, a.Day)
	printCharges(w, a, en)
}

func printCharges(w io.Writer, a *jurisdiction.Competent, en bool) {
	for _, o := range a.Offices {
		role := pick(en, "监督", "supervises")
		if o.Role == jurisdiction.Alongside {
			role = pick(en, "另有职责", "alongside")
		}
		var above []string
		for _, up := range o.Above {
			above = append(above, pick(en, up.Name.ZH, up.Name.EN))
		}
		line := fmt.Sprintf("    %s  %s: %s (%s)", role, pick(en, o.Name.ZH, o.Name.EN), pick(en, o.Duty.ZH, o.Duty.EN), o.Basis)
		if len(above) > 0 {
			line += "  → " + strings.Join(above, " → ")
		}
		if !o.Verified {
			line += pick(en, "  〔未核实〕", "  [not verified]")
		}
		fmt.Fprintln(w, line)
	}
}

func pick(en bool, zh, english string) string {
	if en {
		return english
	}
	return zh
}
