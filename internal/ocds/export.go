package ocds

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/trade"
)

// Extensions are the OCDS extensions whose fields an export uses.
var Extensions = []string{
	"https://raw.githubusercontent.com/open-contracting-extensions/ocds_lots_extension/v1.1.5/extension.json",
	"https://raw.githubusercontent.com/open-contracting-extensions/ocds_bid_extension/v1.1.5/extension.json",
}

// NoPrefix stands for the ocid prefix of a publisher that has registered none
// (https://standard.open-contracting.org/1.1/en/schema/identifiers/). What is
// published needs a registered one.
const NoPrefix = "ocds-000000"

var prefixPattern = regexp.MustCompile(`^ocds-[a-z0-9]{6}$`)

// A Publisher is who publishes and where.
type Publisher struct {
	Prefix string // registered ocid prefix, "ocds-" and six characters; "" means NoPrefix
	Name   string // "" means the platform's
	Base   string // web address below which each package has its own; "" means one that leads nowhere
}

// An Export is a docket as OCDS, as far as one reader may see it.
type Export struct {
	Ocid      string
	Releases  [][]byte // one a date of what the docket tells of, ascending
	Compiled  []byte
	Versioned []byte

	publisher Publisher
	at        time.Time
	tags      []any
}

// NewExport maps what a reader may see of a docket to OCDS 1.1. It reads the
// view and nothing else, so that it can tell no more than the view does. It
// fails when the publisher's prefix or address is none.
func NewExport(v *disclose.Docket, p Publisher) (*Export, error) {
	if p.Prefix == "" {
		p.Prefix = NoPrefix
	}
	if p.Name == "" {
		p.Name = "公共资源交易在线监管平台"
	}
	if p.Base == "" {
		p.Base = "https://mingjing.invalid/ocds/"
	}
	if !prefixPattern.MatchString(p.Prefix) {
		return nil, fmt.Errorf("ocds: prefix %q 不是 ocid 前缀，应为 ocds- 加六位小写字母或数字 / is no ocid prefix: write ocds- and six lower-case letters or digits", p.Prefix)
	}
	if address(p.Base) == "" {
		return nil, fmt.Errorf("ocds: base %q 不是网址 / is no web address: write https://…", p.Base)
	}
	e := &Export{Ocid: v.ID, publisher: p, at: v.At}
	if !imported(v.ID) {
		e.Ocid = p.Prefix + "-" + v.ID
	}
	e.Releases, e.tags = tell(v, e.Ocid)
	var m Merger
	var err error
	if e.Compiled, err = m.Compiled(e.Releases); err != nil {
		return nil, err
	}
	e.Versioned, err = m.Versioned(e.Releases)
	return e, err
}

// imported reports whether a docket came as OCDS and so has an ocid.
func imported(id string) bool { return Origin(id) != "ocds" }

// Release is a release package with one release that tells all there is now.
func (e *Export) Release() []byte {
	v, _ := parse(e.Compiled) // the merger wrote it
	one := v.(*object)
	one.set("id", e.Ocid+"-"+compact(one.values["date"].(string))+"-all") // no dated release has it
	one.set("tag", e.tags)
	p := e.head()
	p.set("releases", []any{one})
	return encode(p)
}

// Record is a record package with one record: the dated releases, the compiled
// release, and the versioned release if asked for.
func (e *Export) Record(versioned bool) []byte {
	r := newObject()
	r.set("ocid", e.Ocid)
	var releases []any
	for _, raw := range e.Releases {
		v, _ := parse(raw) // written by encode
		releases = append(releases, v)
	}
	r.set("releases", releases)
	compiled, _ := parse(e.Compiled)
	r.set("compiledRelease", compiled)
	if versioned {
		all, _ := parse(e.Versioned)
		r.set("versionedRelease", all)
	}
	p := e.head()
	p.set("records", []any{r})
	return encode(p)
}

func (e *Export) head() *object {
	p := newObject()
	p.set("uri", strings.TrimSuffix(address(e.publisher.Base), "/")+"/"+url.PathEscape(e.Ocid))
	p.set("version", "1.1")
	list := []any{}
	for _, x := range Extensions {
		list = append(list, x)
	}
	p.set("extensions", list)
	p.set("publishedDate", e.at.In(trade.Zone).Truncate(time.Second).Format(time.RFC3339))
	p.child("publisher").set("name", e.publisher.Name)
	return p
}

// compact writes a date-time in digits, as a part of an id.
func compact(date string) string {
	return strings.NewReplacer("-", "", ":", "", "T", "", "+08:00", "").Replace(date)
}
