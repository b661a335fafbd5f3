package audit

import (
	"bufio"
	"encoding/csv"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"

	"mingjing/internal/store/snapshot"
)

// Formats are those in which an answer is taken out.
func Formats() []string { return []string{"csv", "xlsx", "parquet"} }

// A sheet writes an answer as a file; it is whole once finish has returned nil.
type sheet interface {
	snapshot.Answer
	finish() error
}

func newSheet(format string, f *os.File) (sheet, error) {
	switch format {
	case "csv":
		return newCSV(f)
	case "xlsx":
		return newXLSX(f)
	case "parquet":
		return newParquet(f)
	}
	return nil, fmt.Errorf("audit: unknown format %q", format)
}

// named gives every column a name of its own that a schema can hold.
func named(names []string) []string {
	out, seen := make([]string, len(names)), map[string]int{}
	for i, n := range names {
		n = strings.Map(func(r rune) rune {
			if r < ' ' || strings.ContainsRune("`\",\\", r) {
				return '_'
			}
			return r
		}, strings.TrimSpace(n))
		if n == "" || n == "-" {
			n = "column"
		}
		for seen[n]++; seen[n] > 1; seen[n]++ {
			n = fmt.Sprintf("%s_%d", n, seen[n])
		}
		out[i] = n
	}
	return out
}

// text is a value as CSV has it.
func text(v any) string {
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		return v
	}
	return ""
}

// csvSheet is UTF-8 with its mark, by which Excel knows it.
type csvSheet struct {
	b *bufio.Writer
	w *csv.Writer
}

func newCSV(f io.Writer) (*csvSheet, error) {
	b := bufio.NewWriter(f)
	_, err := b.WriteString("\ufeff")
	w := csv.NewWriter(b)
	w.UseCRLF = true
	return &csvSheet{b, w}, err
}

func (s *csvSheet) Columns(names, _ []string) error { return s.w.Write(named(names)) }

func (s *csvSheet) Row(values []any) error {
	cells := make([]string, len(values))
	for i, v := range values {
		cells[i] = text(v)
		// What a trading system sent must not be a formula in an auditor's workbook.
		if said, ok := v.(string); ok && said != "" && strings.ContainsRune("=+-@\t\r", rune(said[0])) {
			cells[i] = "'" + said
		}
	}
	return s.w.Write(cells)
}

func (s *csvSheet) finish() error {
	s.w.Flush()
	return errors.Join(s.w.Error(), s.b.Flush())
}

// Excel's own bounds.
const (
	excelRows = 1 << 20
	excelCell = 32_767
)

type xlsxSheet struct {
	f    *os.File
	book *excelize.File
	w    *excelize.StreamWriter
	row  int
}

func newXLSX(f *os.File) (*xlsxSheet, error) {
	book := excelize.NewFile()
	w, err := book.NewStreamWriter("Sheet1")
	return &xlsxSheet{f: f, book: book, w: w}, err
}

func (s *xlsxSheet) Columns(names, _ []string) error {
	cells := make([]any, len(names))
	for i, n := range named(names) {
		cells[i] = n
	}
	return s.put(cells)
}

func (s *xlsxSheet) Row(values []any) error {
	for i, v := range values {
		if said, ok := v.(string); ok && utf8.RuneCountInString(said) > excelCell {
			return &Wrong{fmt.Sprintf("第 %d 行第 %d 列超过 Excel 单元格 %d 字的上限，请改用 CSV 或 Parquet / Row %d, column %d is longer than the %d characters of a cell of Excel: take CSV or Parquet", s.row, i+1, excelCell, s.row, i+1, excelCell)}
		}
	}
	return s.put(values)
}

func (s *xlsxSheet) put(values []any) error {
	if s.row++; s.row > excelRows {
		return &Wrong{fmt.Sprintf("超过 Excel 的 %d 行，请改用 CSV 或 Parquet / More than the %d rows of Excel: take CSV or Parquet", excelRows, excelRows)}
	}
	return s.w.SetRow("A"+strconv.Itoa(s.row), values)
}

func (s *xlsxSheet) finish() error {
	err := s.w.Flush()
	if err == nil {
		err = s.book.Write(s.f)
	}
	return errors.Join(err, s.book.Close())
}

// parquetSheet keeps the rows aside until it has seen of what type every column
// is: whole numbers, numbers or text; every one may be absent.
type parquetSheet struct {
	f     *os.File
	names []string
	types []reflect.Type // nil: nothing but nulls so far
	aside *os.File
	spool *bufio.Writer
	enc   *gob.Encoder
	rows  int
}

var wholeType, realType, textType = reflect.TypeFor[int64](), reflect.TypeFor[float64](), reflect.TypeFor[string]()

func newParquet(f *os.File) (*parquetSheet, error) {
	aside, err := os.CreateTemp("", "mingjing-answer-")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(aside.Name()); err != nil { // it lives as long as it is open
		return nil, errors.Join(err, aside.Close())
	}
	s := &parquetSheet{f: f, aside: aside, spool: bufio.NewWriter(aside)}
	s.enc = gob.NewEncoder(s.spool)
	return s, nil
}

func (s *parquetSheet) Columns(names, _ []string) error {
	s.names, s.types = named(names), make([]reflect.Type, len(names))
	return nil
}

// spooled is a row aside; gob has no nil.
type spooled struct {
	Kind []byte // a column: 0 null, 1 whole, 2 real, 3 text
	Int  []int64
	Real []float64
	Text []string
}

func (s *parquetSheet) Row(values []any) error {
	var r spooled
	for i, v := range values {
		switch v := v.(type) {
		case int64:
			r.Kind, r.Int = append(r.Kind, 1), append(r.Int, v)
			s.see(i, wholeType)
		case float64:
			r.Kind, r.Real = append(r.Kind, 2), append(r.Real, v)
			s.see(i, realType)
		case string:
			r.Kind, r.Text = append(r.Kind, 3), append(r.Text, v)
			s.see(i, textType)
		default:
			r.Kind = append(r.Kind, 0)
		}
	}
	s.rows++
	return s.enc.Encode(&r)
}

// see widens a column's type so that it holds values of t too.
func (s *parquetSheet) see(i int, t reflect.Type) {
	switch has := s.types[i]; {
	case has == nil:
		s.types[i] = t
	case has == t:
	case has == textType || t == textType:
		s.types[i] = textType
	default:
		s.types[i] = realType
	}
}

// schema keeps the columns in their order, which a map of nodes would not.
func (s *parquetSheet) schema() *parquet.Schema {
	fields := make([]reflect.StructField, len(s.names))
	for i, n := range s.names {
		t := s.types[i]
		if t == nil {
			t = textType
		}
		fields[i] = reflect.StructField{Name: "C" + strconv.Itoa(i), Type: reflect.PointerTo(t), Tag: reflect.StructTag(`parquet:` + strconv.Quote(n+",optional"))}
	}
	return parquet.NewSchema("answer", parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Interface()))
}

func (s *parquetSheet) finish() (err error) {
	defer func() { err = errors.Join(err, s.aside.Close()) }()
	if err := s.spool.Flush(); err != nil {
		return err
	}
	if _, err := s.aside.Seek(0, io.SeekStart); err != nil {
		return err
	}
	dec := gob.NewDecoder(bufio.NewReader(s.aside))
	w := parquet.NewWriter(s.f, s.schema(), parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(100_000), parquet.CreatedBy("mingjing", "1", ""))
	buffer := make([]parquet.Row, 0, 512)
	for range s.rows {
		var r spooled
		if err := dec.Decode(&r); err != nil {
			return err
		}
		buffer = append(buffer, s.row(&r))
		if len(buffer) == cap(buffer) {
			if _, err := w.WriteRows(buffer); err != nil {
				return err
			}
			buffer = buffer[:0]
		}
	}
	if _, err := w.WriteRows(buffer); err != nil {
		return err
	}
	return w.Close()
}

// row writes the values of a row in the types of their columns.
func (s *parquetSheet) row(r *spooled) parquet.Row {
	out := make(parquet.Row, len(r.Kind))
	var ints, reals, texts int
	for i, kind := range r.Kind {
		var v any
		switch kind {
		case 1:
			v = r.Int[ints]
			ints++
		case 2:
			v = r.Real[reals]
			reals++
		case 3:
			v = r.Text[texts]
			texts++
		}
		if v == nil {
			out[i] = parquet.NullValue().Level(0, 0, i)
			continue
		}
		switch s.types[i] {
		case textType:
			out[i] = parquet.ByteArrayValue([]byte(text(v)))
		case realType:
			if n, ok := v.(int64); ok {
				v = float64(n)
			}
			out[i] = parquet.DoubleValue(v.(float64))
		default:
			out[i] = parquet.Int64Value(v.(int64))
		}
		out[i] = out[i].Level(0, 1, i)
	}
	return out
}

// types says of what type the columns of a file are, for its manifest.
func (s *parquetSheet) typed() []string {
	out := make([]string, len(s.types))
	for i, t := range s.types {
		out[i] = map[reflect.Type]string{wholeType: "INT64", realType: "DOUBLE"}[t]
		if out[i] == "" {
			out[i] = "STRING"
		}
	}
	return out
}
