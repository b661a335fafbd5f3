package server

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"mingjing/internal/disclose"
	"mingjing/internal/trade"
)

// A book is an Excel file of a list: a cover that says what it is, and the rows.
type book struct {
	s      *Server
	en     bool
	file   *excelize.File
	rows   *excelize.StreamWriter
	at     int // rows written, the heading included
	money  int // style
	moment int
	bold   int
}

// The columns of a list, with their width.
var bookColumns = []struct {
	zh, en string
	width  float64
	value  func(b *book, c *disclose.Card) any
}{
	{"编号", "Code", 26, func(_ *book, c *disclose.Card) any { return c.ID }},
	{"名称", "Title", 48, func(_ *book, c *disclose.Card) any { return c.Title }},
	{"类别", "Class", 16, func(b *book, c *disclose.Card) any {
		return b.pick(trade.Class(c.Class).ZH(), trade.Class(c.Class).EN())
	}},
	{"行政区划代码", "Region code", 12, func(_ *book, c *disclose.Card) any { return c.Region }},
	{"行政区划", "Region", 14, func(_ *book, c *disclose.Card) any { return trade.Regions().Name(c.Region) }},
	{"招标（采购、出让）人", "Tenderer", 32, func(_ *book, c *disclose.Card) any { return c.Tenderer }},
	{"阶段", "Stage", 12, func(b *book, c *disclose.Card) any {
		return b.pick(trade.Stage(c.Stage).ZH(), trade.Stage(c.Stage).EN())
	}},
	{"标段数", "Lots", 8, func(_ *book, c *disclose.Card) any { return len(c.Lots) }},
	{"标段进度", "Lots stand at", 20, func(b *book, c *disclose.Card) any { return b.moments(c) }},
	{"金额（元）", "Amount (yuan)", 20, func(b *book, c *disclose.Card) any {
		if c.Amount == nil {
			return nil
		}
		return excelize.Cell{StyleID: b.money, Value: float64(c.Amount.Fen) / 100}
	}},
	{"金额为", "Amount is", 10, func(b *book, c *disclose.Card) any {
		if c.Amount == nil {
			return nil
		}
		w := map[string][2]string{disclose.AmountContract: {"合同", "contract"}, disclose.AmountAward: {"中标", "award"}, disclose.AmountEstimate: {"估算", "estimate"}}[c.Amount.Kind]
		return b.pick(w[0], w[1])
	}},
	{"最早事项", "First", 18, func(b *book, c *disclose.Card) any { return b.time(c.First) }},
	{"最近事项", "Last", 18, func(b *book, c *disclose.Card) any { return b.time(c.Last) }},
	{"来源平台", "Platforms", 24, func(_ *book, c *disclose.Card) any { return strings.Join(c.Origins, " ") }},
	{"可见记录数", "Records seen", 10, func(_ *book, c *disclose.Card) any { return c.Records }},
	{"事实级线索", "Facts", 10, func(_ *book, c *disclose.Card) any {
		return warned(c, func(w *disclose.CardWarnings) any { return w.Fact })
	}},
	{"线索级线索", "Clues", 10, func(_ *book, c *disclose.Card) any {
		return warned(c, func(w *disclose.CardWarnings) any { return w.Clue })
	}},
	{"指标", "Indicators", 20, func(_ *book, c *disclose.Card) any {
		return warned(c, func(w *disclose.CardWarnings) any { return strings.Join(w.Indicators, " ") })
	}},
	{"逾期环节", "Late steps", 10, func(_ *book, c *disclose.Card) any {
		if c.Late == 0 {
			return nil
		}
		return c.Late
	}},
}

func warned(c *disclose.Card, what func(*disclose.CardWarnings) any) any {
	if c.Warnings == nil {
		return nil
	}
	return what(c.Warnings)
}

func newBook(en bool, s *Server) (*book, error) {
	b := &book{s: s, en: en, file: excelize.NewFile()}
	fail := func(err error) (*book, error) { return nil, errors.Join(err, b.file.Close()) }
	if err := b.file.SetSheetName("Sheet1", b.coverName()); err != nil {
		return fail(err)
	}
	if _, err := b.file.NewSheet(b.rowsName()); err != nil {
		return fail(err)
	}
	var err error
	if b.rows, err = b.file.NewStreamWriter(b.rowsName()); err != nil {
		return fail(err)
	}
	number, when := "#,##0.00", "yyyy-mm-dd hh:mm"
	for _, st := range []struct {
		to    *int
		style *excelize.Style
	}{{&b.money, &excelize.Style{CustomNumFmt: &number}}, {&b.moment, &excelize.Style{CustomNumFmt: &when}}, {&b.bold, &excelize.Style{Font: &excelize.Font{Bold: true}}}} {
		if *st.to, err = b.file.NewStyle(st.style); err != nil {
			return fail(err)
		}
	}
	head := make([]any, len(bookColumns))
	for i, c := range bookColumns {
		if err := b.rows.SetColWidth(i+1, i+1, c.width); err != nil {
			return fail(err)
		}
		head[i] = excelize.Cell{StyleID: b.bold, Value: b.pick(c.zh, c.en)}
	}
	if err := b.rows.SetPanes(&excelize.Panes{Freeze: true, XSplit: 0, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return fail(err)
	}
	b.at = 1
	if err := b.rows.SetRow("A1", head); err != nil {
		return fail(err)
	}
	return b, nil
}

func (b *book) coverName() string { return b.pick("说明", "About") }
func (b *book) rowsName() string  { return b.pick("案卷", "Dockets") }

func (b *book) pick(zh, en string) string {
	if b.en {
		return en
	}
	return zh
}

func (b *book) time(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	t = t.In(trade.Zone)
	// Excel knows no zones: it is shown the wall clock of the law's.
	return excelize.Cell{StyleID: b.moment, Value: time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)}
}

var momentWords = map[string][2]string{
	"before": {"开标前", "before opening"}, "opened": {"已开标", "opened"}, "publicity": {"公示中", "in publicity"}, "result": {"已定标", "decided"}, "signed": {"已签合同", "signed"},
}

func (b *book) moments(c *disclose.Card) string {
	n := map[string]int{}
	for _, l := range c.Lots {
		n[l.Moment]++
	}
	var out []string
	for _, m := range disclose.Moments() {
		if k := n[m.String()]; k > 0 {
			w := momentWords[m.String()]
			out = append(out, b.pick(w[0], w[1])+" "+strconv.Itoa(k))
		}
	}
	return strings.Join(out, b.pick("，", ", "))
}

// row writes one docket.
func (b *book) row(c *disclose.Card) error {
	values := make([]any, len(bookColumns))
	for i := range bookColumns {
		values[i] = bookColumns[i].value(b, c)
	}
	b.at++
	return b.rows.SetRow("A"+strconv.Itoa(b.at), values)
}

// cover writes what the file is: what was asked, as of when, how many rows were
// expected and written, and what is left out by which article.
func (b *book) cover(e *Export, r disclose.Reader, now time.Time) error {
	if err := b.rows.Flush(); err != nil {
		return err
	}
	sheet, at := b.coverName(), 0
	var errs []error
	line := func(name string, value any) {
		at++
		errs = append(errs, b.file.SetCellValue(sheet, "A"+strconv.Itoa(at), name), b.file.SetCellValue(sheet, "B"+strconv.Itoa(at), value))
	}
	clock := func(t time.Time) string { return t.In(trade.Zone).Format("2006-01-02 15:04:05 -07:00") }
	line(b.pick("明镜 案卷清单", "Mingjing, list of dockets"), b.s.cfg.LogName)
	line(b.pick("筛选条件", "Filter"), b.filter(&e.Filter))
	line(b.pick("截至日志位置", "As of log size"), e.Position)
	line(b.pick("导出时间", "Asked at"), clock(e.Asked))
	line(b.pick("完成时间", "Finished at"), clock(now))
	line(b.pick("应有行数", "Rows expected"), e.Expected)
	line(b.pick("写出行数", "Rows written"), e.Done)
	line(b.pick("阅者身份", "Reader"), string(r.Audience))
	at++
	line(b.pick("本表未载内容及依据", "What is left out, and why"), "")
	masks := r.CardMasks()
	for _, m := range masks {
		where := ""
		if m.Outside {
			where = b.pick("（辖区外）", " (out of jurisdiction)")
		}
		line(b.pick(m.Words.ZH, m.Words.EN)+where, b.pick(m.Why.ZH+"；"+m.Article.ZH, m.Why.EN+"; "+m.Article.EN))
	}
	if len(masks) == 0 {
		line("", b.pick("无", "nothing"))
	}
	line("", b.pick("开标前的投标人、报价、评标委员会不在任何清单中。", "Bidders, bids and committees before their moment are in no list."))
	line("", b.pick("线索仅为疑似，建议核查。", "Clues are suspicions; checking is suggested."))
	errs = append(errs, b.file.SetColWidth(sheet, "A", "A", 40), b.file.SetColWidth(sheet, "B", "B", 100), b.file.SetCellStyle(sheet, "A1", "A1", b.bold))
	return errors.Join(errs...)
}

// filter writes a filter as the address of the list has it.
func (b *book) filter(f *CardFilter) string {
	q := f.Query()
	if len(q) == 0 {
		return b.pick("无（全部案卷）", "none (all dockets)")
	}
	var out []string
	for _, name := range slices.Sorted(keysOf(q)) {
		out = append(out, name+" = "+q.Get(name))
	}
	return strings.Join(out, "\n")
}

func keysOf(q url.Values) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range q {
			if !yield(k) {
				return
			}
		}
	}
}

// Query writes a filter as the list's address takes it.
func (f *CardFilter) Query() url.Values {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	number := func(name string, n int64) {
		if n != 0 {
			q.Set(name, strconv.FormatInt(n, 10))
		}
	}
	set("region", strings.Join(f.Region, ","))
	set("class", strings.Join(f.Class, ","))
	set("stage", strings.Join(f.Stage, ","))
	set("moment", strings.Join(f.Moment, ","))
	set("from", f.From)
	set("to", f.To)
	number("amount_min", f.AmountMin)
	number("amount_max", f.AmountMax)
	set("warning", f.Warning)
	if f.Late {
		q.Set("late", "true")
	}
	set("source", f.Source)
	set("q", f.Q)
	set("sort", f.Sort)
	set("order", f.Order)
	return q
}

// save writes the file, whole or not at all, and says how long it is.
func (b *book) save(path string) (int64, error) {
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	n, err := b.file.WriteTo(f)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		return 0, errors.Join(fmt.Errorf("export: %w", err), os.Remove(part))
	}
	return n, nil
}

func (b *book) close() error { return b.file.Close() }
