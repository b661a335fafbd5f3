package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"mingjing/internal/standard"
)

type standardCmd struct {
	List standardListCmd `cmd:"" help:"List the data sets of the standard. 列出数据集"`
}

type standardListCmd struct {
	JSON bool `name:"json" help:"Print JSON, with every field."`
}

// listedSet is a data set as `standard list --json` prints it.
type listedSet struct {
	Number string        `json:"number"`
	ZH     string        `json:"zh"`
	EN     string        `json:"en"`
	Table  string        `json:"table"` // the standard's own name
	Group  string        `json:"group"` // file of the catalogue
	Class  string        `json:"class"`
	Stage  string        `json:"stage,omitempty"`
	Step   string        `json:"step,omitempty"`
	Seal   string        `json:"seal,omitempty"` // of the rows' very existence
	Bulk   bool          `json:"bulk,omitempty"`
	Key    []string      `json:"key"`
	Fields []listedField `json:"fields"`
}

type listedField struct {
	Name       string `json:"name"`
	ZH         string `json:"zh"`
	EN         string `json:"en"`
	Format     string `json:"format"`
	Required   bool   `json:"required,omitempty"`
	List       string `json:"list,omitempty"`
	Seal       string `json:"seal,omitempty"`
	Disclosure string `json:"disclosure"`
}

// Run prints the data sets that sources may send, by number.
func (c *standardListCmd) Run() error { return c.print(os.Stdout, standard.Default()) }

func (c *standardListCmd) print(w io.Writer, catalogue *standard.Catalogue) error {
	sets := []listedSet{}
	for _, d := range catalogue.Datasets() {
		if d.Class == standard.ClassSystem {
			continue
		}
		s := listedSet{
			Number: d.No, ZH: d.NameZH, EN: d.NameEN, Table: d.Table, Group: d.Group, Class: string(d.Class), Stage: string(d.Stage), Step: string(d.Step),
			Seal: string(d.Seal), Bulk: d.Bulk, Key: d.Key, Fields: []listedField{},
		}
		for _, f := range d.Fields {
			s.Fields = append(s.Fields, listedField{
				Name: f.Name, ZH: f.ZH, EN: f.EN, Format: f.Format.String(), Required: f.Required, List: f.List, Seal: string(f.Seal), Disclosure: string(f.Disclosure),
			})
		}
		sets = append(sets, s)
	}
	if c.JSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(sets)
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, s := range sets {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%s\n", s.Number, s.Class, s.Stage, s.ZH, len(s.Fields), s.EN)
	}
	return t.Flush()
}
