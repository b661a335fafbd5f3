package pdf

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"mingjing/internal/extract"
)

// file writes a PDF as old Chinese programs do: the font is not in it, the signs
// are in GBK by a map that every reader must know.
func file(t testing.TB, text string) []byte {
	gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	stream := "BT /F1 14 Tf 72 760 Td <" + hex.EncodeToString(gbk) + "> Tj ET"
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(stream), stream),
		"<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /GBK-EUC-H /DescendantFonts [6 0 R] >>",
		"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /SimSun /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 7 0 R /DW 1000 >>",
		"<< /Type /FontDescriptor /FontName /SimSun /Flags 6 /FontBBox [0 -141 1000 859] /ItalicAngle 0 /Ascent 859 /Descent -141 /CapHeight 683 /StemV 91 >>",
		"<< /Author <FEFF5F204E09> /Creator (Writer) /CreationDate (D:20260501080000+08'00') >>",
	}
	var out bytes.Buffer
	out.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		at = append(at, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range at {
		fmt.Fprintf(&out, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R /Info 8 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return out.Bytes()
}

func reader(t testing.TB) *Reader {
	if testing.Short() {
		t.Skip("compiling PDFium takes seconds")
	}
	r, err := New(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func TestReadPDF(t *testing.T) {
	r := reader(t)
	d, err := r.ReadPDF(context.Background(), file(t, "投标函：我公司承诺按期完工"), extract.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	if d.Text != "投标函：我公司承诺按期完工\n" || d.Author != "张三" || d.Program != "Writer" || d.Created != "D:20260501080000+08'00'" {
		t.Errorf("%+v", d)
	}
	good := file(t, "按期完工")
	for name, data := range map[string][]byte{"cut off": good[:200], "no pages": []byte("%PDF-1.4\n%%EOF"), "empty": file(t, ""), "nothing": nil} {
		if d, err := r.ReadPDF(context.Background(), data, extract.DefaultLimits); !errors.Is(err, extract.ErrUnreadable) {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
	}
	// And it reads on after those.
	if d, err := r.ReadPDF(context.Background(), good, extract.DefaultLimits); err != nil || d.Text != "按期完工\n" {
		t.Errorf("%+v, %v", d, err)
	}
}

func FuzzReadPDF(f *testing.F) {
	f.Add(file(f, "按期完工"))
	r := reader(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := r.ReadPDF(context.Background(), data, extract.DefaultLimits); err != nil && !errors.Is(err, extract.ErrUnreadable) {
			t.Error(err)
		}
	})
}
