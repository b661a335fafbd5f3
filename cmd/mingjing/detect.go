package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"mingjing/internal/detect"
	"mingjing/internal/store"
	"mingjing/internal/trade"
)

type detectCmd struct {
	Explain detectExplainCmd `cmd:"" help:"Say of a finding what was compared with what, by which threshold, and what may innocently explain it. 解释线索"`
	Learn   detectLearnCmd   `cmd:"" help:"Learn a score from what supervisors confirmed and dismissed here; silent until that is enough. 依据本地查实案件评分"`
	Match   detectMatchCmd   `cmd:"" help:"Hold a list of bodies against everything that is here. 名单比对"`
}

type detectExplainCmd struct {
	dataFlags
	Finding string `arg:"" help:"Key of a finding, or DOCKET/KEY; a beginning of the key will do with the docket."`
}

// An explanation is what detect explain prints.
type explanation struct {
	detect.Finding
	Guide    detect.Guidance  `json:"guide"`
	Settings []detect.Setting `json:"settings_used"`
	Peers    *detect.Group    `json:"peers,omitempty"`
	Rate     *detect.Rate     `json:"rate,omitempty"`
}

// Run prints a finding with everything that it rests on.
func (c *detectExplainCmd) Run(ctx context.Context) error {
	return c.read(ctx, func(h *house) error {
		docket, key := "", c.Finding
		if i := strings.LastIndexByte(c.Finding, '/'); i >= 0 {
			docket, key = c.Finding[:i], c.Finding[i+1:]
		}
		row, err := findFinding(ctx, h.db, docket, key)
		if err != nil {
			return err
		}
		e := explanation{}
		if err := json.Unmarshal(row.Body, &e.Finding); err != nil {
			return err
		}
		e.Guide, _ = detect.Guide(e.Indicator)
		e.Settings = h.rules.At(h.clock()).Named(e.Finding.Settings)
		d, err := h.docketOf(ctx, row.Docket)
		if err != nil {
			return err
		}
		if g, ok := h.edition().Peers(e.Indicator, d, e.Lot); ok {
			e.Peers = &g
		}
		var rates detect.Rates
		if err := h.db.Vectors(ctx, func(v string) error { rates.Add(v); return nil }); err != nil {
			return err
		}
		for _, r := range rates.List() {
			if r.Indicator == e.Indicator {
				e.Rate = &r
			}
		}
		return printJSON(os.Stdout, e, "  ")
	})
}

// findFinding finds the one finding of a docket, or of all, whose key begins so.
func findFinding(ctx context.Context, db *store.DB, docket, key string) (*store.FindingRow, error) {
	var found []store.FindingRow
	for after := int64(0); ; {
		page, err := db.Findings(ctx, store.FindingFilter{Docket: docket, Oldest: true, After: after, Limit: 1000})
		if err != nil {
			return nil, err
		}
		for _, f := range page {
			if after = f.Seq; strings.HasPrefix(f.Key, key) {
				found = append(found, f)
			}
		}
		if len(page) < 1000 {
			break
		}
	}
	switch len(found) {
	case 1:
		return &found[0], nil
	case 0:
		return nil, fmt.Errorf("detect: no finding %q: list them with `mingjing findings` / 没有这条线索", key)
	}
	return nil, fmt.Errorf("detect: %d findings begin with %q: give more of the key / 符合的线索不止一条", len(found), key)
}

type detectMatchCmd struct {
	dataFlags
	Most int    `default:"1000" help:"Places of one body at most."`
	File string `arg:"" help:"XLSX or CSV with a head row; columns of the name (名称, 单位, 企业, name) and of the unified social credit code (代码, code) are found by their heads."`
}

// A matchLine is one place where a body of the list is named.
type matchLine struct {
	Row    int    `json:"row"` // of the list, the head being 1
	Asked  string `json:"asked"`
	By     string `json:"by"` // code, name, or folded name
	Name   string `json:"name"`
	Code   string `json:"code,omitempty"`
	Role   string `json:"role"`
	Docket string `json:"docket"`
}

// Run prints a line of JSON a place, and on standard error how far it is and,
// at the end, how many bodies of the list are named nowhere.
func (c *detectMatchCmd) Run(ctx context.Context) error {
	bodies, err := readBodies(c.File)
	if err != nil {
		return err
	}
	return c.read(ctx, func(h *house) error {
		named := map[string][]string{} // names as they are written, by their folded form
		err := h.db.EachParty(ctx, func(name, _ string) error {
			if f := trade.FoldBody(name); f != "" && !slices.Contains(named[f], name) {
				named[f] = append(named[f], name)
			}
			return nil
		})
		if err != nil {
			return err
		}
		out := json.NewEncoder(os.Stdout)
		out.SetEscapeHTML(false)
		q := store.SearchQuery{Scopes: []store.SearchScope{{Tiers: []string{"auditor"}}}}
		places, nowhere := 0, 0
		for i, b := range bodies {
			before := places
			seen := map[string]bool{}
			tell := func(by string, found []store.Naming) error {
				for _, n := range found[:min(len(found), c.Most)] {
					if key := n.Docket + "\x00" + n.Role + "\x00" + n.Name; !seen[key] {
						seen[key] = true
						places++
						if err := out.Encode(matchLine{b.row, strings.TrimSpace(b.name + " " + b.code), by, n.Name, n.Code, n.Role, n.Docket}); err != nil {
							return err
						}
					}
				}
				if len(found) > c.Most {
					fmt.Fprintf(os.Stderr, "mingjing: row %d: more than %d places; the rest is left out\n", b.row, c.Most)
				}
				return nil
			}
			if b.code != "" {
				found, err := h.db.Namings(ctx, q, b.code, nil, c.Most)
				if err := errors.Join(err, tell("code", found)); err != nil {
					return err
				}
			}
			if fold := trade.FoldBody(b.name); fold != "" {
				for _, name := range named[fold] {
					by := "folded name"
					if name == b.name {
						by = "name"
					}
					found, err := h.db.Namings(ctx, q, "", []string{name}, c.Most)
					if err := errors.Join(err, tell(by, found)); err != nil {
						return err
					}
				}
			}
			if places == before {
				nowhere++
			}
			if (i+1)%200 == 0 {
				fmt.Fprintf(os.Stderr, "%d of %d\n", i+1, len(bodies))
			}
		}
		fmt.Fprintf(os.Stderr, "%d bodies, %d places, %d bodies named nowhere\n", len(bodies), places, nowhere)
		return nil
	})
}

// A listed body is a row of a list that is to be matched.
type listed struct {
	row        int
	name, code string
}

// readBodies reads the first sheet of a workbook, or a CSV file.
func readBodies(file string) (out []listed, err error) {
	var rows [][]string
	switch strings.ToLower(filepath.Ext(file)) {
	case ".xlsx":
		book, err := excelize.OpenFile(file, excelize.Options{UnzipSizeLimit: 1 << 30})
		if err != nil {
			return nil, fmt.Errorf("detect: %s: %w", file, err)
		}
		defer func() { err = errors.Join(err, book.Close()) }()
		if rows, err = book.GetRows(book.GetSheetName(0)); err != nil {
			return nil, fmt.Errorf("detect: %s: %w", file, err)
		}
	case ".csv":
		f, err := os.Open(filepath.Clean(file))
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r := csv.NewReader(f)
		r.FieldsPerRecord, r.LazyQuotes = -1, true
		for {
			row, err := r.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("detect: %s: %w", file, err)
			}
			rows = append(rows, row)
		}
	default:
		return nil, fmt.Errorf("detect: %s: give a file .xlsx or .csv / 请提供 .xlsx 或 .csv 文件", file)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("detect: %s: it is empty / 文件为空", file)
	}
	column := func(words ...string) int {
		return slices.IndexFunc(rows[0], func(head string) bool {
			head = strings.ToLower(strings.TrimPrefix(head, "\ufeff"))
			return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(head, w) })
		})
	}
	code := column("代码", "code", "信用")
	name := column("名称", "单位", "企业", "公司", "name", "body")
	if name == code {
		name = -1
	}
	if name < 0 && code < 0 {
		return nil, fmt.Errorf("detect: %s: no column of names or codes in its head row %q: name one 名称 or 统一社会信用代码 / 首行没有名称或代码列", file, rows[0])
	}
	cell := func(row []string, i int) string {
		if i < 0 || i >= len(row) {
			return ""
		}
		return strings.TrimSpace(row[i])
	}
	for i, row := range rows[1:] {
		if b := (listed{i + 2, cell(row, name), strings.ToUpper(cell(row, code))}); b.name != "" || b.code != "" {
			out = append(out, b)
		}
	}
	return out, nil
}
