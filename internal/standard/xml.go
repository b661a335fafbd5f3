package standard

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// SourceField is the field that keeps the attachments of an XML envelope: one
// a line, the texts of its elements as NAME=text separated by tabs.
const SourceField = "SOURCE"

const maxDepth = 8 // elements inside each other in an envelope

// DecodeXML reads the standard's XML envelope: one DES element a record, alone
// or several under any one root.
//
//	<DES>
//	  <TITLE><DATA_NO>507</DATA_NO><DATA_KEY>…</DATA_KEY><DATA_TYPE>1</DATA_TYPE>…</TITLE>
//	  <CONTEXT><BIDDER_NAME>…</BIDDER_NAME>…</CONTEXT>
//	  <SOURCE>attachments</SOURCE>
//	</DES>
//
// DATA_TYPE 1, 2, 3 is insert, update, delete; the revision is CONTEXT's
// DATA_TIMESTAMP, the origin its PLATFORM_CODE. CA_KEY, DATA_CN, DATA_EN and
// ROUTE_WAY are understood and stay in the kept bytes only. FJ9001… are taken
// for 9001…. Attachments go into SourceField.
//
// UTF-8 and GB18030 (GBK, GB2312) are read by the XML declaration. A document
// type is refused, and with it every entity that is not XML's own. A record
// that is wrong inside is refused alone; where the XML itself breaks, the
// records before the break live and the rest is one refused item.
func DecodeXML(body []byte) (Batch, error) {
	if len(body) > MaxBody {
		return Batch{}, &LimitError{What: "bytes", Limit: MaxBody}
	}
	body, lossy, err := toUTF8(body)
	if err != nil {
		return Batch{}, err
	}
	x := &xmlReader{body: body, lossy: lossy, dec: xml.NewDecoder(bytes.NewReader(body))}
	x.dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // converted already
	return x.batch()
}

var xmlEncoding = regexp.MustCompile(`^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']`)

// toUTF8 converts by the XML declaration, which stays as it is. lossy reports
// that some bytes are none of the declared encoding: they became U+FFFD, and
// the records that hold them are refused.
func toUTF8(body []byte) (out []byte, lossy bool, err error) {
	body = bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF"))
	name := "UTF-8"
	if m := xmlEncoding.FindSubmatch(body[:min(len(body), 200)]); m != nil {
		name = strings.ToUpper(string(m[1]))
	}
	switch name {
	case "UTF-8", "UTF8":
		if utf8.Valid(body) {
			return body, false, nil
		}
		return bytes.ToValidUTF8(body, []byte("\uFFFD")), true, nil
	case "GB18030", "GBK", "GB2312":
		out, err = simplifiedchinese.GB18030.NewDecoder().Bytes(body)
		if err != nil {
			return nil, false, &BatchError{Form: "xml", ZH: "不是有效的 GB18030", EN: "is no valid GB18030"}
		}
		written := bytes.Count(body, []byte("\x84\x31\xA4\x37")) // U+FFFD itself, in GB18030
		return out, bytes.Count(out, []byte("\uFFFD")) > written, nil
	}
	return nil, false, &BatchError{Form: "xml", ZH: "编码应为 UTF-8 或 GB18030", EN: "the encoding is UTF-8 or GB18030"}
}

type xmlReader struct {
	body  []byte
	lossy bool
	dec   *xml.Decoder
}

// A node is an element with its text and children, as deep as an envelope goes.
type node struct {
	name string
	text strings.Builder
	kids []*node
}

var (
	errDoctype = errors.New("document type")
	errDepth   = errors.New("depth")
)

func (x *xmlReader) fail(zh, en string) (Batch, error) {
	return Batch{}, &BatchError{Form: "xml", Offset: x.dec.InputOffset(), ZH: zh, EN: en}
}

func (x *xmlReader) batch() (Batch, error) {
	var b Batch
	inRoot, rootDone, any := false, false, false
	for {
		at := x.dec.InputOffset()
		tok, err := x.dec.Token()
		if errors.Is(err, io.EOF) && !inRoot {
			break
		}
		if err != nil {
			if !any {
				return x.fail("不是有效的 XML", "is no valid XML")
			}
			b.Items = append(b.Items, x.broken(at))
			return b, nil
		}
		switch t := tok.(type) {
		case xml.Directive:
			return x.fail("不接受文档类型声明", "a document type is not accepted")
		case xml.EndElement:
			inRoot, rootDone = false, true
		case xml.StartElement:
			if t.Name.Local != "DES" {
				if inRoot || rootDone || any {
					return x.fail("根元素之内应为 DES 元素", "want DES elements inside one root")
				}
				inRoot, any = true, true
				continue
			}
			any = true
			n, err := x.element(t, 1)
			if errors.Is(err, errDoctype) {
				return x.fail("不接受文档类型声明", "a document type is not accepted")
			}
			if errors.Is(err, errDepth) {
				return Batch{}, &LimitError{What: "depth", Limit: maxDepth}
			}
			if err != nil {
				b.Items = append(b.Items, x.broken(at))
				return b, nil
			}
			if len(b.Items) == MaxRecords {
				return Batch{}, &LimitError{What: "records", Limit: MaxRecords}
			}
			end := x.dec.InputOffset()
			raw := x.body[at:end:end]
			if x.lossy && bytes.Contains(raw, []byte("\uFFFD")) {
				b.Items = append(b.Items, unreadableItem(raw, Record{},
					"含有不属于所声明编码的字节；GB18030 请在 XML 声明中注明", "holds bytes that are none of the declared encoding; declare GB18030 in the XML declaration"))
				continue
			}
			b.Items = append(b.Items, envelope(n, raw))
		case xml.CharData:
			if len(bytes.TrimSpace(t)) > 0 {
				return x.fail("DES 元素之外不应有文本", "no text stands outside DES")
			}
		}
	}
	if !any {
		return x.fail("没有 DES 元素", "there is no DES element")
	}
	return b, nil
}

func (x *xmlReader) broken(at int64) Item {
	where := x.dec.InputOffset()
	return unreadableItem(x.body[min(at, int64(len(x.body))):], Record{},
		fmt.Sprintf("第 %d 字节处 XML 中断，其后的内容未能读取", where), fmt.Sprintf("the XML breaks at byte %d; what follows could not be read", where))
}

func (x *xmlReader) element(start xml.StartElement, depth int) (*node, error) {
	if depth > maxDepth {
		return nil, errDepth
	}
	n := &node{name: start.Name.Local}
	for {
		tok, err := x.dec.Token()
		if err != nil {
			return nil, err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			kid, err := x.element(t, depth+1)
			if err != nil {
				return nil, err
			}
			n.kids = append(n.kids, kid)
		case xml.EndElement:
			return n, nil
		case xml.CharData:
			n.text.Write(t)
		case xml.Directive:
			return nil, errDoctype
		}
	}
}

// envelope makes a record of a DES element.
func envelope(des *node, raw []byte) Item {
	rec := Record{Fields: map[string]string{}}
	refuse := func(zh, en string) Item { return unreadableItem(raw, rec, zh, en) }
	title := map[string]string{}
	var parts [3]*node
	for _, kid := range des.kids {
		i := -1
		for j, name := range [3]string{"TITLE", "CONTEXT", "SOURCE"} {
			if kid.name == name {
				i = j
			}
		}
		if i < 0 || parts[i] != nil {
			return refuse("DES 之内应为 TITLE、CONTEXT、SOURCE 各一", "inside DES stand TITLE, CONTEXT and SOURCE, once each")
		}
		parts[i] = kid
	}
	if parts[0] == nil || strings.TrimSpace(des.text.String()) != "" {
		return refuse("缺少 TITLE，或 DES 之内直接有文本", "TITLE is missing, or text stands in DES itself")
	}
	if why := flat(parts[0], title, true); why != nil {
		return refuse(why.zh, why.en)
	}
	if parts[1] != nil {
		if why := flat(parts[1], rec.Fields, false); why != nil {
			return refuse(why.zh, why.en)
		}
	}
	rec.Dataset = title["DATA_NO"]
	if no, ok := strings.CutPrefix(rec.Dataset, "FJ"); ok {
		rec.Dataset = no
	}
	rec.Key = title["DATA_KEY"]
	rec.Op = map[string]Op{"1": Insert, "2": Update, "3": Delete}[title["DATA_TYPE"]]
	rec.Revision = strings.TrimSpace(rec.Fields["DATA_TIMESTAMP"])
	rec.Origin = strings.TrimSpace(rec.Fields["PLATFORM_CODE"])
	if parts[2] != nil {
		if _, twice := rec.Fields[SourceField]; twice {
			return refuse("CONTEXT 之内不应有 SOURCE", "SOURCE stands beside CONTEXT, not in it")
		}
		if s := attachments(parts[2]); s != "" {
			rec.Fields[SourceField] = s
		}
	}
	return Item{Record: rec, Raw: raw}
}

// flat reads the children of a part as names with text. An empty element is as
// good as absent.
func flat(part *node, into map[string]string, trim bool) *reason {
	if strings.TrimSpace(part.text.String()) != "" {
		return &reason{part.name + " 之内直接有文本", "text stands in " + part.name + " itself"}
	}
	seen := map[string]bool{}
	for _, kid := range part.kids {
		name := printable(kid.name)
		if len(kid.kids) > 0 {
			return &reason{"「" + name + "」不能是嵌套的元素", name + " is nested: elements are no value"}
		}
		if seen[kid.name] {
			return &reason{"「" + name + "」重复", name + " stands twice"}
		}
		seen[kid.name] = true
		v := kid.text.String()
		if trim {
			v = strings.TrimSpace(v)
		}
		if v != "" {
			into[kid.name] = v
		}
	}
	return nil
}

// attachments writes the SOURCE part as text: an attachment a line.
func attachments(source *node) string {
	var lines []string
	loose := strings.TrimSpace(source.text.String())
	if loose != "" {
		lines = append(lines, oneLine(loose))
	}
	var pairs []string
	for _, kid := range source.kids {
		if len(kid.kids) == 0 { // the attachment's elements stand in SOURCE itself
			pairs = append(pairs, kid.name+"="+oneLine(kid.text.String()))
			continue
		}
		var of []string
		leaves(kid, &of)
		lines = append(lines, strings.Join(of, "\t"))
	}
	if pairs != nil {
		lines = append(lines, strings.Join(pairs, "\t"))
	}
	return strings.Join(lines, "\n")
}

func leaves(n *node, out *[]string) {
	for _, kid := range n.kids {
		if len(kid.kids) == 0 {
			*out = append(*out, kid.name+"="+oneLine(kid.text.String()))
			continue
		}
		leaves(kid, out)
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
