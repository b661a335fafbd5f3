package province

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"mingjing/internal/alike"
	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/exchange"
	"mingjing/internal/extract"
	"mingjing/internal/likeness/planted"
)

// A Paper is a file that goes with a record of a docket: the tender's document,
// a bid, a priced bill of quantities. Only dockets whose case is about files
// have them. Whose record names it by its SHA-256 sends it first.
type Paper struct {
	System  int    // index in Systems
	Dataset string // of the record
	Tender  string // code of the docket
	Lot     string
	Name    string // such as 投标文件.docx
	Type    string // media type
	Body    []byte
}

// SHA256 is the name by which a record names the file, in hex.
func (p *Paper) SHA256() string {
	sum := sha256.Sum256(p.Body)
	return hex.EncodeToString(sum[:])
}

// upload hands in a docket's files.
func (s *Sender) upload(ctx context.Context, papers []Paper) error {
	for i := range papers {
		p := &papers[i]
		a := exchange.Attachment{Platform: s.systems[p.System].Platform, Dataset: p.Dataset, Tender: p.Tender, Lots: []string{p.Lot}, Name: p.Name, Type: p.Type, Size: int64(len(p.Body))}
		if _, err := s.clients[p.System].UploadFile(ctx, a, bytes.NewReader(p.Body)); err != nil {
			return fmt.Errorf("file %s of %s: %w", p.Name, p.Tender, err)
		}
	}
	return nil
}

// paper has the n-th record of a data set name a file by its digest in a field.
func (l *life) paper(dataset string, n int, field string, p Paper) {
	l.each(dataset, func(i int, r *record) {
		if i != n {
			return
		}
		p.System, p.Dataset, p.Tender, p.Lot = l.sys, dataset, l.id, r.Fields["BID_SECTION_CODE"]
		r.Fields[field] = strings.TrimPrefix(r.Fields[field]+";files:"+p.SHA256(), ";")
		l.papers = append(l.papers, p)
	})
}

// An offer is what a bidder's files say, as a case would have it.
type offer struct {
	text   string
	author string // of the Word file
	prices []priced
}

// A priced item of a bill of quantities.
type priced struct{ unit, sum float64 }

// offers writes the files of a lot's bids and of its tender: of each bidder text
// of its own, a file's author of its own, and prices of its own; all quote the
// tender's document here and there. change makes the case of it.
func (l *life) offers(change func(r *rand.Rand, o []offer, names []string)) {
	r := l.random(l.n, 0x7061706572)
	tender := string(planted.NewAuthor(r.Uint64(), r.Uint64(), 0.6).Text(6000))
	sentences := strings.SplitAfter(tender, "。")
	var names []string
	l.each("519", func(_ int, r *record) { names = append(names, r.Fields["BIDDER_NAME"]) })
	units := make([]float64, 24) // what things cost, about
	for i := range units {
		units[i] = logNormal(r, 300, 0.9, 20, 9000)
	}
	list := make([]offer, len(names))
	for i := range list {
		w := planted.NewAuthor(r.Uint64(), r.Uint64(), 0.6)
		from := r.IntN(len(sentences) - 4)
		list[i] = offer{text: string(w.Text(5000)) + "\n" + strings.Join(sentences[from:from+3], "") + "\n" + string(w.Text(1500)), author: fmt.Sprintf("%s%d", w.Name(), i+1)}
		for k, u := range units {
			unit := float64(int(u*(0.8+0.4*r.Float64())*100)) / 100
			list[i].prices = append(list[i].prices, priced{unit, unit * quantity(k)})
		}
	}
	change(r, list, names)
	l.paper("504", 0, "URL", Paper{Name: "招标文件.txt", Type: "text/plain", Body: []byte(tender)})
	for i, o := range list {
		l.paper("519", i, "TENDER_DOCUMENTS_URL", Paper{Name: "投标文件.docx", Type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Body: wordFile(o.text, o.author)})
		l.paper("519", i, "TENDER_DOCUMENTS_URL", Paper{Name: "已标价工程量清单.xml", Type: "application/xml", Body: billFile(o.prices)})
	}
}

// quantity is how much of the k-th item the tender asks for.
func quantity(k int) float64 { return float64(10 + 5*(k%7)) }

func billFile(items []priced) []byte {
	var out strings.Builder
	out.WriteString("<?xml version='1.0' encoding='UTF-8'?>\n<清单>\n")
	for k, i := range items {
		fmt.Fprintf(&out, "<清单项目 项目编码='0101%05d' 项目名称='分项工程%d' 计量单位='m3' 工程量='%.0f' 综合单价='%.2f' 合价='%.2f'/>\n", k+1, k+1, quantity(k), i.unit, i.sum)
	}
	out.WriteString("</清单>\n")
	return []byte(out.String())
}

func wordFile(text, author string) []byte {
	escape := func(s string) string {
		var b strings.Builder
		_ = xml.EscapeText(&b, []byte(s)) // a builder takes everything
		return b.String()
	}
	var body strings.Builder
	for p := range strings.SplitSeq(text, "\n") {
		fmt.Fprintf(&body, "<w:p><w:r><w:t>%s</w:t></w:r></w:p>", escape(p))
	}
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range [][2]string{
		{"[Content_Types].xml", head + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`},
		{"_rels/.rels", head + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`},
		{"word/document.xml", head + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body.String() + `</w:body></w:document>`},
		{"docProps/core.xml", head + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>` + escape(author) + `</dc:creator></cp:coreProperties>`},
	} {
		w, err := z.Create(f[0])
		if err == nil {
			_, err = w.Write([]byte(f[1]))
		}
		if err != nil {
			panic(err) // a buffer takes everything
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// Compared answers what the files of the docket's bids have in common, as the
// job of package alike would have measured it: nil for a lot without files.
func (f *File) Compared(ctx context.Context, d *docket.Docket, at time.Time) func(docket, lot string) (*detect.Likeness, error) {
	job := alike.New(alike.Config{})
	return func(_, lot string) (*detect.Likeness, error) {
		return job.Measure(ctx, d, lot, at, func(n detect.NamedFile) (*extract.Answer, error) {
			for i := range f.Papers {
				if p := &f.Papers[i]; p.SHA256() == n.SHA256 && p.Dataset == n.Ref.Dataset {
					return extract.ReadAll(ctx, p.Body, extract.JobLimits, nil)
				}
			}
			return &extract.Answer{Problem: "the file is not here"}, nil
		})
	}
}
