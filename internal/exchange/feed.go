package exchange

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/internal/feed"
)

// Feed tells a trading system what it may see of its own records.
// Implementation: *feed.Feed.
type Feed interface {
	// ReadSource answers with errors that wrap those of package feed.
	ReadSource(ctx context.Context, name string, platforms []string, q feed.Query) (*feed.Page, error)
}

// receiptAddress is where a source finds the proof of its record.
const receiptAddress = "/exchange/v1/receipts/%d"

// feed serves the feed of the source that signed.
func (d *door) feed(c *call) *fault {
	if d.Feed == nil {
		return &fault{rule: ruleNoAddress}
	}
	src, f := d.asker(c)
	if f != nil {
		return f
	}
	q, f := feedQuery(c.URL.Query())
	if f != nil {
		return f
	}
	p, err := d.Feed.ReadSource(c.Context(), src.Name, src.Platforms, q)
	switch {
	case err == nil:
		c.answer(200, "application/json", p)
		return nil
	case errors.Is(err, feed.ErrCursor):
		return &fault{rule: ruleParameter, field: "after, before", zh: "游标不属于本数据流,或权限已变更", en: feed.ErrCursor.Error()}
	case errors.Is(err, feed.ErrBoth):
		return &fault{rule: ruleParameter, field: "before", zh: "after 与 before 只能给出一个", en: feed.ErrBoth.Error()}
	case errors.Is(err, feed.ErrFuture):
		return &fault{rule: ruleParameter, field: "asof", zh: "asof 在将来", en: feed.ErrFuture.Error()}
	case errors.Is(err, feed.ErrAsOf):
		return &fault{rule: ruleParameter, field: "asof", zh: "此处不能按时点查询", en: feed.ErrAsOf.Error()}
	case errors.Is(err, feed.ErrBusy), c.Context().Err() != nil: // or the client went away
		return &fault{rule: ruleBusy, after: 5, internal: err}
	}
	return &fault{rule: ruleStoreDown, internal: err}
}

// feedQuery reads the parameters; what is not known is refused, so that a slip
// of the pen does not read another feed.
func feedQuery(v url.Values) (feed.Query, *fault) {
	q := feed.Query{Limit: feed.DefaultLimit, Proof: receiptAddress}
	number := func(name, text string, least, most int) (int, *fault) {
		n, err := strconv.Atoi(text)
		if err != nil || n < least || n > most {
			return 0, &fault{
				rule: ruleParameter, field: name,
				zh: fmt.Sprintf("%s 应为 %d 至 %d 的整数", name, least, most), en: fmt.Sprintf("%s must be an integer from %d to %d", name, least, most),
			}
		}
		return n, nil
	}
	for name, values := range v {
		var f *fault
		text := values[0]
		switch name {
		case "after":
			q.After = text
		case "before":
			q.Before = text
		case "limit":
			q.Limit, f = number(name, text, 1, feed.MaxLimit)
		case "wait":
			var seconds int
			seconds, f = number(name, text, 0, int(feed.MaxWait/time.Second))
			q.Wait = time.Duration(seconds) * time.Second
		case "asof":
			var err error
			if q.AsOf, err = time.Parse(time.RFC3339Nano, text); err != nil {
				f = &fault{rule: ruleParameter, field: name, zh: "asof 应为 RFC 3339 时间", en: "asof must be a time as RFC 3339 writes it"}
			}
		default:
			f = &fault{rule: ruleParameter, zh: "没有此参数;可用 after、before、limit、wait、asof", en: "no such parameter; there are after, before, limit, wait and asof"}
		}
		if f != nil {
			return q, f
		}
	}
	return q, nil
}

// feedParameters describes them.
func feedParameters() []*huma.Param {
	text := func(name, format, doc string) *huma.Param {
		return &huma.Param{Name: name, In: "query", Description: doc, Schema: &huma.Schema{Type: huma.TypeString, Format: format}}
	}
	number := func(name string, least, most float64, doc string) *huma.Param {
		return &huma.Param{Name: name, In: "query", Description: doc, Schema: &huma.Schema{Type: huma.TypeInteger, Minimum: &least, Maximum: &most}}
	}
	return []*huma.Param{
		text("after", "", "Read forward from this cursor; end: only what comes from now on; absent with before: from the beginning"),
		text("before", "", "Read backward from this cursor; end: from the newest item"),
		number("limit", 1, feed.MaxLimit, "At most so many items; 50 when absent"),
		number("wait", 0, feed.MaxWait.Seconds(), "Seconds to wait, forward, when nothing is there yet; answered as soon as something is"),
		text("asof", "date-time", "What you could have seen at that moment, as it was then, less what has been withdrawn since"),
	}
}
