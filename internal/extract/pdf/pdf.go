// Package pdf reads PDF files with PDFium, compiled to WebAssembly, in this
// process: use extract.Worker around it, for it takes some hundred megabytes.
package pdf

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"mingjing/internal/extract"
	"mingjing/internal/likeness"
)

// Bounds of one file.
const (
	maxPages    = 20_000
	maxPictures = 5_000
	memoryPages = 16_384 // of 64 KiB: 1 GiB
)

// A Reader reads one PDF after the other. To make one takes some seconds.
type Reader struct{ pool pdfium.Pool }

// New makes a reader; it is good until ctx ends or it is closed.
func New(ctx context.Context) (*Reader, error) {
	pool, err := webassembly.Init(webassembly.Config{
		Context: ctx, MinIdle: 0, MaxIdle: 1, MaxTotal: 1, Stdout: io.Discard, Stderr: io.Discard,
		FSConfig:      wazero.NewFSConfig(), // it sees no files
		RuntimeConfig: wazero.NewRuntimeConfig().WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).WithMemoryLimitPages(memoryPages).WithCloseOnContextDone(true),
	})
	if err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	return &Reader{pool}, nil
}

// Close ends the reader.
func (r *Reader) Close() error { return r.pool.Close() }

// ReadPDF implements extract.PDFReader: it reads a PDF's text, page by page, its
// information and its pictures' digests.
func (r *Reader) ReadPDF(_ context.Context, data []byte, l extract.Limits) (d *extract.Document, err error) {
	p, err := r.pool.GetInstance(time.Minute)
	if err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	defer func() {
		if broken := recover(); broken != nil { // a trap in PDFium
			d, err = nil, fmt.Errorf("%w: PDF: its reader broke down", extract.ErrUnreadable)
		}
		err = errors.Join(err, p.Kill()) // nothing of a file stays for the next
	}()
	return read(p, data, l)
}

func read(p pdfium.Pdfium, data []byte, l extract.Limits) (*extract.Document, error) {
	doc, err := p.OpenDocument(&requests.OpenDocument{File: &data})
	if err != nil {
		return nil, fmt.Errorf("%w: PDF: %w", extract.ErrUnreadable, err)
	}
	d := &extract.Document{File: likeness.File{Kind: "pdf"}}
	information(p, doc.Document, d)
	pages, err := p.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: doc.Document})
	if err != nil {
		return nil, fmt.Errorf("%w: PDF: %w", extract.ErrUnreadable, err)
	}
	if pages.PageCount > maxPages {
		return nil, fmt.Errorf("%w: PDF of %d pages, the limit is %d", extract.ErrUnreadable, pages.PageCount, maxPages)
	}
	var text strings.Builder
	for n := range pages.PageCount {
		page := requests.Page{ByIndex: &requests.PageByIndex{Document: doc.Document, Index: n}}
		got, err := p.GetPageText(&requests.GetPageText{Page: page})
		if err != nil {
			return nil, fmt.Errorf("%w: PDF: page %d: %w", extract.ErrUnreadable, n+1, err)
		}
		text.WriteString(got.Text + "\n")
		pictures(p, page, d)
		if text.Len() > l.Text {
			d.Cut = true
			break
		}
	}
	slices.Sort(d.Pictures)
	d.Pictures = slices.Compact(d.Pictures)
	d.Text = strings.ToValidUTF8(text.String(), "")
	if d.Cut {
		d.Text = strings.ToValidUTF8(d.Text[:l.Text], "")
	}
	if strings.TrimSpace(d.Text) == "" {
		return nil, fmt.Errorf("%w: a PDF of %d pages without text: scanned pages have to be read by a machine first 扫描件须先做文字识别", extract.ErrUnreadable, pages.PageCount)
	}
	return d, nil
}

func information(p pdfium.Pdfium, doc references.FPDF_DOCUMENT, d *extract.Document) {
	meta, err := p.GetMetaData(&requests.GetMetaData{Document: doc})
	if err != nil {
		return // a file without information
	}
	into := map[string]*string{"Title": &d.Title, "Author": &d.Author, "Creator": &d.Program, "Producer": &d.Producer, "CreationDate": &d.Created, "ModDate": &d.Modified}
	for _, t := range meta.Tags {
		if f := into[t.Tag]; f != nil {
			*f = strings.ToValidUTF8(t.Value[:min(len(t.Value), 400)], "")
		}
	}
}

// pictures adds the digests of a page's pictures, as they are stored.
func pictures(p pdfium.Pdfium, page requests.Page, d *extract.Document) {
	objects, err := p.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: page})
	if err != nil {
		return
	}
	for i := range min(objects.Count, maxPictures) {
		o, err := p.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: page, Index: i})
		if err != nil || len(d.Pictures) >= maxPictures {
			return
		}
		kind, err := p.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: o.PageObject})
		if err != nil || kind.Type != enums.FPDF_PAGEOBJ_IMAGE {
			continue
		}
		raw, err := p.FPDFImageObj_GetImageDataRaw(&requests.FPDFImageObj_GetImageDataRaw{ImageObject: o.PageObject})
		if err == nil && len(raw.Data) >= 2<<10 {
			sum := sha256.Sum256(raw.Data)
			d.Pictures = append(d.Pictures, hex.EncodeToString(sum[:]))
		}
	}
}
