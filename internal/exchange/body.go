package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzip"

	"mingjing/internal/standard"
)

// Limits bound what one request may cost. The zero value of a field means its default.
type Limits struct {
	Records      int   // records in a batch; default 1,000
	Body         int64 // bytes of a body as sent; default 16 MiB
	Decompressed int64 // bytes of a body after gzip; default 64 MiB
	InFlight     int   // batches being worked on at once; default 32
	Rate         RateLimit
}

func (l Limits) withDefaults() Limits {
	if l.Records == 0 {
		l.Records = 1000
	}
	if l.Body == 0 {
		l.Body = 16 << 20
	}
	if l.Decompressed == 0 {
		l.Decompressed = 64 << 20
	}
	if l.InFlight == 0 {
		l.InFlight = 32
	}
	if l.Rate.PerSecond == 0 {
		l.Rate.PerSecond = 50
	}
	if l.Rate.Burst == 0 {
		l.Rate.Burst = 100
	}
	return l
}

// form is how a batch is written.
type form struct {
	media  []string
	decode func([]byte) (standard.Batch, error)
}

var (
	formJSON   = &form{[]string{"application/json"}, standard.DecodeJSON}
	formNDJSON = &form{[]string{"application/x-ndjson", "application/ndjson", "application/jsonl"}, standard.DecodeNDJSON}
	formXML    = &form{[]string{"application/xml", "text/xml"}, standard.DecodeXML}
)

// formOf picks the form by Content-Type among those that the address takes.
func formOf(h http.Header, forms []*form) (*form, *fault) {
	media, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err == nil {
		for _, f := range forms {
			for _, m := range f.media {
				if m != media {
					continue
				}
				if charset := params["charset"]; f != formXML && charset != "" && !strings.EqualFold(charset, "utf-8") {
					return nil, &fault{rule: ruleMedia, field: "content-type", zh: "JSON 须为 UTF-8 编码", en: "JSON must be in UTF-8"}
				}
				return f, nil
			}
		}
	}
	var names []string
	for _, f := range forms {
		names = append(names, f.media...)
	}
	list := strings.Join(names, ", ")
	return nil, &fault{
		rule: ruleMedia, field: "content-type",
		zh: "此地址接受的 Content-Type:" + list, en: "this address takes the content types " + list,
	}
}

// encodingOf reads Content-Encoding: none or gzip.
func encodingOf(h http.Header) (gzipped bool, f *fault) {
	values := h.Values("Content-Encoding")
	switch {
	case len(values) == 0, len(values) == 1 && (values[0] == "" || strings.EqualFold(values[0], "identity")):
		return false, nil
	case len(values) == 1 && strings.EqualFold(strings.TrimSpace(values[0]), "gzip"):
		return true, nil
	}
	return false, &fault{rule: ruleMedia, field: "content-encoding", zh: "压缩只支持 gzip", en: "gzip is the only content encoding"}
}

// firstRead is how much room a body gets before any of it has come, in bytes.
const firstRead = 64 << 10

// readBody reads a body as it was sent, up to a limit.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, *fault) {
	if r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	var b bytes.Buffer
	if r.ContentLength > 0 {
		// No further than to firstRead: who sent it is not known yet, and memory
		// follows what came, not what was announced.
		b.Grow(int(min(r.ContentLength, firstRead)) + bytes.MinRead)
	}
	if _, err := b.ReadFrom(http.MaxBytesReader(w, r.Body, limit)); err != nil {
		var over *http.MaxBytesError
		if errors.As(err, &over) {
			return nil, tooLarge(limit)
		}
		return nil, &fault{rule: ruleUnread, internal: err}
	}
	return b.Bytes(), nil
}

func tooLarge(limit int64) *fault {
	return &fault{
		rule: ruleTooLarge,
		zh:   fmt.Sprintf("正文超过 %d 字节", limit), en: fmt.Sprintf("the body exceeds %d bytes", limit),
	}
}

func tooMany(limit int) *fault {
	return &fault{
		rule: ruleTooMany,
		zh:   fmt.Sprintf("一个批次至多 %d 条记录", limit), en: fmt.Sprintf("a batch has at most %d records", limit),
	}
}

// gunzip undoes the content encoding, up to a limit, so that a small body
// cannot fill the memory.
func gunzip(body []byte, limit int64) ([]byte, *fault) {
	bad := func(err error) *fault {
		return &fault{rule: ruleUndecodable, field: "content-encoding", zh: "正文不是完整的 gzip 数据", en: "the body is not whole gzip data", internal: err}
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, bad(err)
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(io.LimitReader(z, limit+1)); err != nil {
		return nil, bad(err)
	}
	if int64(b.Len()) > limit {
		return nil, &fault{
			rule: ruleTooLarge, field: "content-encoding",
			zh: fmt.Sprintf("解压后超过 %d 字节", limit), en: fmt.Sprintf("the body exceeds %d bytes after decompression", limit),
		}
	}
	return b.Bytes(), nil
}
