package extract

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// archive makes a zip of names and contents.
func archive(t testing.TB, entries ...string) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i < len(entries); i += 2 {
		w, err := z.Create(entries[i])
		if err == nil {
			_, err = w.Write([]byte(entries[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func word(t testing.TB) []byte {
	return archive(t,
		"word/document.xml", `<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>施工组织</w:t></w:r><w:r><w:t>设计</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>乙 &amp; 丙</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:del><w:r><w:delText>删去</w:delText></w:r></w:del></w:p></w:body></w:document>`,
		"word/header1.xml", `<w:hdr xmlns:w="w"><w:p><w:r><w:t>页眉</w:t></w:r></w:p></w:hdr>`,
		"word/settings.xml", `<w:settings xmlns:w="w"><w:rsids><w:rsidRoot w:val="00AA11BB"/><w:rsid w:val="00AA11BB"/><w:rsid w:val="00CC22DD"/></w:rsids></w:settings>`,
		"docProps/core.xml", `<cp:coreProperties xmlns:cp="a" xmlns:dc="b" xmlns:dcterms="c"><dc:creator>张三</dc:creator><cp:lastModifiedBy>李四</cp:lastModifiedBy><cp:revision>7</cp:revision><dcterms:created>2026-05-01T08:00:00Z</dcterms:created></cp:coreProperties>`,
		"docProps/app.xml", `<Properties><Application>WPS Office</Application><Company>某某公司</Company></Properties>`,
		"word/media/image1.png", strings.Repeat("P", 3000), "word/media/image2.png", strings.Repeat("P", 3000), "word/media/dot.png", "x")
}

func sheet(t testing.TB, rows ...[]any) []byte {
	f := excelize.NewFile()
	for i, r := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err == nil {
			err = f.SetSheetRow("Sheet1", cell, &r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadText(t *testing.T) {
	want := "明镜高悬，照见 ABC"
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(want))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"utf-8": []byte(want), "mark": []byte("\xef\xbb\xbf" + want), "gb18030": gb, "utf-16": {0xff, 0xfe, 0x0e, 0x66, 0x5c, 0x95}} {
		d, err := Read(context.Background(), "a.txt", data, DefaultLimits, nil)
		if err != nil || !strings.HasPrefix(want, d.Text) || d.Text == "" || d.Kind != "txt" {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
	}
}

func TestReadWord(t *testing.T) {
	d, err := Read(context.Background(), "a.docx", word(t), DefaultLimits, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d.Text != "施工组织设计\n甲\n\t乙 & 丙\n\t\n页眉\n" {
		t.Errorf("%q", d.Text)
	}
	if d.Author != "张三" || d.LastBy != "李四" || d.Revision != "7" || d.Company != "某某公司" || d.Program != "WPS Office" || d.Created != "2026-05-01T08:00:00Z" || d.Session != "00AA11BB" || len(d.Sessions) != 2 {
		t.Errorf("%+v", d.File)
	}
	if len(d.Pictures) != 1 {
		t.Errorf("two equal pictures and a dot are one: %v", d.Pictures)
	}
}

func TestReadSheetAndBill(t *testing.T) {
	data := sheet(t, []any{"工程量清单"}, []any{"序号", "项目编码", "项目名称", "计量单位", "工程量", "综合单价（元）", "合价（元）"},
		[]any{1, "010101001001", "平整场地", "m2", 120.5, 3.2, 385.6}, []any{"", "", "分部小计", "", "", "", 385.6}, []any{2, "010101002001", "挖土方", "m3", "1,000", 12, 12000})
	d, err := Read(context.Background(), "a.xlsx", data, DefaultLimits, nil)
	if err != nil || d.Kind != "xlsx" || !strings.Contains(d.Text, "平整场地\tm2\t120.5") {
		t.Fatalf("%+v, %v", d, err)
	}
	b, err := ReadBill(data, DefaultLimits)
	if err != nil || len(b) != 2 || b[1].Quantity != 1000 || b[1].Price != 12 || b[1].Amount != 12000 || b[0].Code != "010101001001" || b[0].Place != "Sheet1!3" {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestBillOfXML(t *testing.T) {
	for name, data := range map[string]string{
		"attributes": `<?xml version="1.0"?><工程><清单项目 项目编码="0101" 项目名称="挖土" 计量单位="m3" 工程量="10" 综合单价="5.5" 综合合价="55"><子目 名称="x"/></清单项目></工程>`,
		"elements":   `<Bill><Item><Code>0101</Code><Name>挖土</Name><Unit>m3</Unit><Quantity>10</Quantity><UnitPrice>5.5</UnitPrice><Total>55</Total></Item></Bill>`,
	} {
		b, err := ReadBill([]byte(data), DefaultLimits)
		if err != nil || len(b) != 1 || b[0].Code != "0101" || b[0].Price != 5.5 || b[0].Amount != 55 || b[0].Quantity != 10 || b[0].Unit != "m3" {
			t.Errorf("%s: %+v, %v", name, b, err)
		}
	}
}

// What cannot be read says so; it is never empty, clean or the end of the program.
func TestUnreadable(t *testing.T) {
	small := Limits{File: 1 << 20, Expanded: 1 << 20, Text: 1 << 10, Entries: 5}
	good := word(t)
	for name, data := range map[string][]byte{
		"too large":    make([]byte, 2<<20),
		"a bomb":       archive(t, "word/document.xml", "<w>"+strings.Repeat(" ", 2<<20)),
		"many entries": archive(t, "1", "", "2", "", "3", "", "4", "", "5", "", "6", ""),
		"cut off":      good[:len(good)/2],
		"no office":    archive(t, "readme.txt", "hello"),
		"broken XML":   archive(t, "word/document.xml", "<w><p>"),
		"old office":   []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
		"binary":       {1, 2, 3, 0, 5},
		"pdf":          []byte("%PDF-1.7"),
		"no encoding":  bytes.Repeat([]byte{0xff, 0x20}, 100),
	} {
		if d, err := Read(context.Background(), name, data, small, nil); !errors.Is(err, ErrUnreadable) {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
	}
	d, err := Read(context.Background(), "a.txt", []byte(strings.Repeat("明", 1000)), small, nil)
	if err != nil || !d.Cut || len(d.Text) > 1<<10 || !strings.HasSuffix(d.Text, "明") {
		t.Errorf("a long text: cut %v, %v", d.Cut, err)
	}
	for name, data := range map[string]string{"no price": "<a><b 编码='1'/></a>", "broken": "<a><b>", "deep": strings.Repeat("<a>", 300), "empty": ""} {
		if b, err := ReadBill([]byte(data), small); !errors.Is(err, ErrUnreadable) {
			t.Errorf("bill %s: %v, %v", name, b, err)
		}
	}
}

// A process that hangs, dies or says nonsense makes the file unreadable.
func TestWorker(t *testing.T) {
	for name, script := range map[string]string{"dies": "exit 3", "says nothing": "true", "says nonsense": "echo hello", "a problem": `echo '{"problem":"locked"}'`, "hangs": "exec sleep 60"} {
		w := &Worker{Command: []string{"/bin/sh", "-c", script}, Timeout: 300e6}
		if d, err := w.ReadPDF(context.Background(), []byte("%PDF-"), DefaultLimits); !errors.Is(err, ErrUnreadable) {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
	}
	w := &Worker{Command: []string{"/bin/sh", "-c", `cat >/dev/null; env | grep -q SECRET || echo '{"document":{"kind":"pdf","text":"好"}}'`}}
	t.Setenv("SECRET", "1")
	if d, err := w.ReadPDF(context.Background(), []byte("%PDF-"), DefaultLimits); err != nil || d.Text != "好" {
		t.Errorf("%+v, %v", d, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(word(f))
	f.Add(sheet(f, []any{"项目编码", "单价"}, []any{"1", 2}))
	f.Add([]byte("明镜"))
	f.Add([]byte("\xff\xfe\x0e\x66"))
	l := Limits{File: 1 << 20, Expanded: 4 << 20, Text: 1 << 16, Entries: 100}
	f.Fuzz(func(t *testing.T, data []byte) {
		if d, err := Read(context.Background(), "f", data, l, nil); err == nil && len(d.Text) > l.Text || err != nil && !errors.Is(err, ErrUnreadable) {
			t.Errorf("%+v, %v", d, err)
		}
	})
}

func FuzzReadBill(f *testing.F) {
	f.Add(sheet(f, []any{"项目编码", "单价"}, []any{"1", 2}))
	f.Add([]byte(`<a><清单 编码="1" 单价="2" 单位="t"/></a>`))
	l := Limits{File: 1 << 20, Expanded: 4 << 20, Text: 1 << 16, Entries: 100}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := ReadBill(data, l)
		if err == nil && len(b) == 0 || err != nil && !errors.Is(err, ErrUnreadable) {
			t.Errorf("%v, %v", b, err)
		}
	})
}
