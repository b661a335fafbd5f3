// Package extract reads the files of bids: text, what a file says of its making,
// its pictures' digests, and priced bills of quantities.
//
// What it is trusted for: a file can cost no more memory or time than the limits
// say, whatever it is, and a file that cannot be read is told to be so: it is
// neither empty nor clean. PDF is read in a process of its own.
package extract

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"mingjing/internal/likeness"
)

// Limits bound what one file may cost. Bytes.
type Limits struct {
	File     int   // of the file
	Expanded int64 // of what is unpacked of it, all entries together
	Text     int   // of the text that is kept; what is more is cut and told
	Entries  int   // of an archive
}

// DefaultLimits are for a bid's file: a thousand scanned pages pass.
var DefaultLimits = Limits{File: 256 << 20, Expanded: 512 << 20, Text: 32 << 20, Entries: 20_000}

// A Document is what was read of a file.
type Document struct {
	likeness.File
	Text string `json:"text"`
	Cut  bool   `json:"cut,omitempty"` // the text was longer than the limit
}

// ErrUnreadable means that a file gives no data: it is broken, locked, too large
// or of a form that is not read. Nothing may be concluded from it.
var ErrUnreadable = errors.New("extract: the file cannot be read 文件无法读取")

func unreadable(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrUnreadable, fmt.Sprintf(format, args...))
}

// A PDFReader reads a PDF. Its errors wrap ErrUnreadable when the file is at fault.
type PDFReader interface {
	ReadPDF(ctx context.Context, data []byte, l Limits) (*Document, error)
}

// Read reads a file by what it is, not by what its name says; the name tells only
// XML and text apart. pdf may be nil: then a PDF is unreadable.
func Read(ctx context.Context, name string, data []byte, l Limits, pdf PDFReader) (d *Document, err error) {
	defer func() {
		if p := recover(); p != nil { // a parser of others that broke down
			d, err = nil, unreadable("the parser broke down: %T", p)
		}
	}()
	if len(data) > l.File {
		return nil, unreadable("%d bytes are more than the limit of %d", len(data), l.File)
	}
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return readOffice(data, l)
	case bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-")):
		if pdf == nil {
			return nil, unreadable("PDF is not read here")
		}
		return pdf.ReadPDF(ctx, data, l)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return nil, unreadable("a file of Office 97–2003, or one locked by a password, is not read: ask for DOCX, XLSX or PDF 请提供 DOCX、XLSX 或 PDF")
	}
	text, err := Decode(data)
	if err != nil {
		return nil, err
	}
	kind := "txt"
	if strings.EqualFold(path.Ext(name), ".xml") || strings.HasPrefix(strings.TrimSpace(text), "<?xml") {
		kind = "xml"
	}
	d = &Document{File: likeness.File{Kind: kind}}
	d.setText(text, l)
	return d, nil
}

func (d *Document) setText(text string, l Limits) {
	if len(text) > l.Text {
		cut := l.Text
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text, d.Cut = text[:cut], true
	}
	d.Text = text
}

// Decode reads plain text: UTF-8, UTF-16 with its mark, else GB18030.
func Decode(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		var order binary.ByteOrder = binary.LittleEndian
		if data[0] == 0xfe {
			order = binary.BigEndian
		}
		units := make([]uint16, 0, len(data)/2)
		for i := 2; i+1 < len(data); i += 2 {
			units = append(units, order.Uint16(data[i:]))
		}
		return string(utf16.Decode(units)), nil
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return "", unreadable("it holds zero bytes and is no text")
	}
	if utf8.Valid(data) {
		return string(data), nil
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if err != nil || bytes.Count(out, []byte("\uFFFD"))*100 > len(data) {
		return "", unreadable("it is text neither in UTF-8 nor in GB18030")
	}
	return string(out), nil
}

// open opens an archive within the limits.
func open(data []byte, l Limits) (*zip.Reader, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, unreadable("a broken archive: %v", err)
	}
	if len(z.File) > l.Entries {
		return nil, unreadable("an archive of %d entries, the limit is %d", len(z.File), l.Entries)
	}
	return z, nil
}
