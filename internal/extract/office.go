package extract

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// A budget is what may still be unpacked of an archive.
type budget struct{ left int64 }

// entry reads an entry whole.
func (b *budget) entry(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, unreadable("%s: %v", f.Name, err)
	}
	defer r.Close()
	// Its header may lie: what counts is what comes out.
	data, err := io.ReadAll(io.LimitReader(r, b.left+1))
	if int64(len(data)) > b.left {
		return nil, unreadable("unpacked it is larger than the limit")
	}
	b.left -= int64(len(data))
	if err != nil {
		return nil, unreadable("%s: %v", f.Name, err)
	}
	return data, nil
}

// least is the size from which a picture says something: smaller ones are bullets
// and lines of a program's own.
const least = 2 << 10

func readOffice(data []byte, l Limits) (*Document, error) {
	z, err := open(data, l)
	if err != nil {
		return nil, err
	}
	d := &Document{}
	b := &budget{l.Expanded}
	var text strings.Builder
	for _, f := range z.File {
		name := strings.TrimPrefix(f.Name, "/")
		var err error
		switch {
		case strings.HasPrefix(name, "word/media/"), strings.HasPrefix(name, "xl/media/"):
			var raw []byte
			if raw, err = b.entry(f); len(raw) >= least {
				sum := sha256.Sum256(raw)
				d.Pictures = append(d.Pictures, hex.EncodeToString(sum[:]))
			}
		case name == "docProps/core.xml" || name == "docProps/app.xml" || name == "word/settings.xml":
			var raw []byte
			if raw, err = b.entry(f); err == nil {
				d.properties(name, raw)
			}
		case name == "xl/workbook.xml":
			d.Kind = "xlsx"
		case name == "word/document.xml" || wordPart.MatchString(name):
			if name == "word/document.xml" {
				d.Kind = "docx"
			}
			var raw []byte
			if raw, err = b.entry(f); err == nil {
				err = wordText(raw, &text, l.Text)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(d.Pictures)
	d.Pictures = slices.Compact(d.Pictures)
	switch d.Kind {
	case "docx":
		d.setText(text.String(), l)
	case "xlsx":
		err = rows(data, l, b.left, func(_ string, _ int, cells []string) bool {
			text.WriteString(strings.Join(cells, "\t") + "\n")
			return text.Len() <= l.Text
		})
		d.setText(text.String(), l)
	default:
		err = unreadable("an archive that is neither DOCX nor XLSX: give the files in it one by one")
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

var wordPart = regexp.MustCompile(`^word/(header|footer|footnotes|endnotes|comments)[0-9]*\.xml$`)

// wordText writes the text of a part of a Word file: a line a paragraph, a tab
// between cells. What was deleted with changes tracked is left out.
func wordText(raw []byte, out *strings.Builder, most int) error {
	dec := xml.NewDecoder(bytes.NewReader(raw))
	in := false
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unreadable("broken XML in the Word file: %v", err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "t":
				in = true
			case "tab":
				out.WriteByte('\t')
			case "br", "cr":
				out.WriteByte('\n')
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				in = false
			case "p":
				out.WriteByte('\n')
			case "tc":
				out.WriteByte('\t')
			}
		case xml.CharData:
			if in {
				out.Write(t)
			}
		}
		if out.Len() > most {
			return nil
		}
	}
}

// properties takes over what the file says of its making. Broken XML there says
// nothing, and is no reason not to read the text.
func (d *Document) properties(name string, raw []byte) {
	dec := xml.NewDecoder(bytes.NewReader(raw))
	var at string
	fields := map[string]*string{
		"creator": &d.Author, "lastModifiedBy": &d.LastBy, "Company": &d.Company, "Application": &d.Program, "Template": &d.Template, "title": &d.Title,
		"created": &d.Created, "modified": &d.Modified, "revision": &d.Revision,
	}
	for {
		tok, err := dec.Token()
		if err != nil {
			break
		}
		switch t := tok.(type) {
		case xml.StartElement:
			at = t.Name.Local
			if name == "word/settings.xml" && (at == "rsidRoot" || at == "rsid") && len(d.Sessions) < 10_000 {
				for _, a := range t.Attr {
					if a.Name.Local == "val" && at == "rsidRoot" {
						d.Session = a.Value
					} else if a.Name.Local == "val" && a.Value != "00000000" {
						d.Sessions = append(d.Sessions, a.Value)
					}
				}
			}
		case xml.EndElement:
			at = ""
		case xml.CharData:
			if f := fields[at]; f != nil && name != "word/settings.xml" && *f == "" {
				*f = short(string(t))
			}
		}
	}
}

// short bounds a value of a file's properties.
func short(s string) string {
	if s = strings.TrimSpace(s); len(s) > 400 {
		s = strings.ToValidUTF8(s[:400], "")
	}
	return s
}

// rows gives the rows of a workbook, sheet by sheet, until fn says no.
func rows(data []byte, l Limits, left int64, fn func(sheet string, row int, cells []string) bool) error {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: max(left, 1<<20), UnzipXMLSizeLimit: 16 << 20})
	if err != nil {
		return unreadable("a broken workbook: %v", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	for _, sheet := range f.GetSheetList() {
		r, err := f.Rows(sheet)
		if err != nil {
			return unreadable("sheet %s: %v", sheet, err)
		}
		for n := 1; r.Next(); n++ {
			cells, err := r.Columns(excelize.Options{RawCellValue: true})
			if err != nil {
				return errors.Join(unreadable("sheet %s, row %d: %v", sheet, n, err), r.Close())
			}
			if n > l.Text/8 || !fn(sheet, n, cells) {
				return r.Close()
			}
		}
		if err := errors.Join(r.Error(), r.Close()); err != nil {
			return unreadable("sheet %s: %v", sheet, err)
		}
	}
	return nil
}
