package ocds

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// Dataset is the number under which the catalogue keeps raw releases.
const Dataset = "ocds"

// Record makes the log's record of one compiled release: its bytes, their
// SHA-256, its ocid as key and its date, in UTC digits, as revision. It fails
// when the release has no ocid, for nothing could name it then.
func Record(raw []byte) (standard.Record, error) {
	var head struct {
		Ocid any    `json:"ocid"`
		Date string `json:"date"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return standard.Record{}, fmt.Errorf("ocds: not a release: %w", err)
	}
	ocid, _ := head.Ocid.(string)
	if strings.TrimSpace(ocid) == "" {
		return standard.Record{}, fmt.Errorf("ocds: ocid is missing or not a string: give each release its ocid")
	}
	sum := sha256.Sum256(raw)
	rec := standard.Record{
		Origin: Origin(ocid), Dataset: Dataset, Op: standard.Update, Key: ocid, Revision: "0",
		Fields: map[string]string{"OCID": ocid, "DIGEST": hex.EncodeToString(sum[:]), "RELEASE": string(raw)},
	}
	if t, err := time.Parse(time.RFC3339, head.Date); err == nil {
		rec.Revision = t.UTC().Format("20060102150405")
		rec.Occurred = head.Date
	}
	return rec, nil
}

// Origin is the platform code under which an ocid's publisher is kept: the
// registered prefix ("ocds-" and six characters) or, without one, "ocds".
func Origin(ocid string) string {
	if strings.HasPrefix(ocid, "ocds-") && len(ocid) >= 11 {
		return ocid[:11]
	}
	return "ocds"
}

// Expand maps a version of data set "ocds" to virtual versions in the national
// standard's field names, all at the same position; other versions come back
// as they are. It never fails: what a release lacks is absent, and a release
// that cannot be read gives no virtual version.
func Expand(v docket.Version) []docket.Version {
	if v.Dataset != Dataset {
		return []docket.Version{v}
	}
	out := []docket.Version{v}
	dec := json.NewDecoder(bytes.NewReader([]byte(v.Fields["RELEASE"])))
	dec.UseNumber()
	var tree any
	if dec.Decode(&tree) != nil {
		return out
	}
	e := expansion{base: v, ocid: v.Key, seen: map[string]int{}}
	e.release(node{tree})
	return append(out, e.out...)
}

type expansion struct {
	base docket.Version
	ocid string
	out  []docket.Version
	seen map[string]int // data set and key, to keep repeated ids apart
}

// add appends one virtual version. A key met before gets a suffix, so that two
// bids with one id stay two bids.
func (e *expansion) add(dataset, key string, fields map[string]string) {
	maps.DeleteFunc(fields, func(_, s string) bool { return s == "" })
	fields["TENDER_PROJECT_CODE"] = e.ocid
	id := dataset + "/" + key
	e.seen[id]++
	if n := e.seen[id]; n > 1 {
		key += "#" + strconv.Itoa(n)
	}
	v := e.base
	v.Dataset, v.Key, v.Op, v.Fields = dataset, e.ocid+"/"+key, standard.Update, fields
	if e.base.Op == standard.Delete {
		v.Op = standard.Delete
	}
	e.out = append(e.out, v)
}

func (e *expansion) release(r node) {
	tender := r.get("tender")
	buyer := first(r.get("buyer"), tender.get("procuringEntity"))
	plan := r.get("planning").one()
	title := or(tender.str("title"), plan.get("budget").str("project"), plan.get("budget").str("description"), plan.str("rationale"), e.ocid)
	e.add("501", "tender", map[string]string{
		"TENDER_PROJECT_NAME": title,
		"TENDER_CONTENT":      or(tender.str("description"), plan.get("budget").str("description")),
		"TENDERER_NAME":       buyer.str("name"),
		"TENDERER_CODE":       orgCode(buyer),
		"TENDER_MODE":         mode(tender.str("procurementMethod")),
		"TENDER_SELF_CODE":    tender.str("id"),
	})
	lots := e.lots(tender)
	if tender.ok() {
		period := tender.get("tenderPeriod")
		e.add("503", "notice", map[string]string{
			"BID_SECTION_CODES":      strings.Join(lots, ";"),
			"NOTICE_NAME":            title,
			"NOTICE_SEND_TIME":       moment(or(tender.str("datePublished"), notice(tender).str("datePublished"))),
			"DOC_GET_START_TIME":     moment(period.str("startDate")),
			"BID_DOC_REFER_END_TIME": moment(period.str("endDate")),
		})
	}
	e.bids(r.get("bids").get("details"))
	e.awards(r.get("awards"), r.get("contracts"))
}

// notice gives the document that opens a tender.
func notice(tender node) node {
	for _, d := range tender.get("documents").list() {
		if d.str("documentType") == "tenderNotice" {
			return d
		}
	}
	return node{}
}

func (e *expansion) lots(tender node) []string {
	var codes []string
	for i, lot := range tender.get("lots").list() {
		code := or(lot.str("id"), strconv.Itoa(i+1))
		codes = append(codes, code)
		amount, currency := value(lot.get("value"))
		e.add("502", "lot/"+code, map[string]string{
			"BID_SECTION_CODE": code, "BID_SECTION_NAME": or(lot.str("title"), lot.str("description")),
			"CONTRACT_RECKON_PRICE": amount, "CURRENCY_CODE": currency,
		})
	}
	if len(codes) == 0 && tender.ok() {
		amount, currency := value(tender.get("value"))
		e.add("502", "lot/1", map[string]string{
			"BID_SECTION_CODE": "1", "BID_SECTION_NAME": tender.str("title"), "CONTRACT_RECKON_PRICE": amount, "CURRENCY_CODE": currency,
		})
		codes = []string{"1"}
	}
	return codes
}

func (e *expansion) bids(details node) {
	for i, bid := range details.list() {
		var names, codes []string
		for _, t := range bid.get("tenderers").list() {
			names, codes = append(names, t.str("name")), append(codes, orgCode(t))
		}
		lot := or(bid.str("relatedLot"), bid.get("relatedLots").one().text(), "1")
		amount, currency := value(bid.get("value"))
		e.add("507", "bid/"+or(bid.str("id"), strconv.Itoa(i+1)), map[string]string{
			"BID_SECTION_CODE": lot, "BIDDER_NAME": strings.Join(names, ";"), "BIDDER_ORG_CODE": strings.Join(codes, ";"),
			"BID_PRICE": amount, "PRICE_CURRENCY": currency, "CHECKIN_TIME": moment(bid.str("date")),
			"BID_STATUS": bid.str("status"),
		})
	}
}

func (e *expansion) awards(awards, contracts node) {
	winner := map[string]node{}
	for i, a := range awards.list() {
		id := or(a.str("id"), strconv.Itoa(i+1))
		winner[id] = a
		if s := a.str("status"); s != "" && s != "active" {
			continue
		}
		name, code := parties(a.get("suppliers"))
		amount, currency := value(a.get("value"))
		e.add("513", "award/"+id, map[string]string{
			"BID_SECTION_CODE": awardLot(a), "WIN_BIDDER_NAME": name, "WIN_BIDDER_CODE": code,
			"BID_AMOUNT": amount, "BID_CURRENCY": currency, "NOTICE_SEND_TIME": moment(a.str("date")),
			"NOTICE_NAME": a.str("title"),
		})
	}
	for i, c := range contracts.list() {
		a := winner[c.str("awardID")]
		name, code := parties(a.get("suppliers"))
		amount, currency := value(c.get("value"))
		e.add("512", "contract/"+or(c.str("id"), strconv.Itoa(i+1)), map[string]string{
			"BID_SECTION_CODE": awardLot(a), "CONTRACT_NAME": or(c.str("title"), c.str("description")), "BIDDER_NAME": name, "BIDDER_CODE": code,
			"CONTRACT_PRICE": amount, "PRICE_CURRENCY": currency, "CONTRACT_SIGN_TIME": moment(c.str("dateSigned")),
		})
	}
}

func awardLot(a node) string {
	if lot := a.str("relatedLot"); lot != "" {
		return lot
	}
	one := a.get("relatedLots").one()
	return or(one.text(), one.str("lotId"), one.str("id"))
}

func parties(n node) (names, codes string) {
	var ns, cs []string
	for _, p := range n.list() {
		ns, cs = append(ns, p.str("name")), append(cs, orgCode(p))
	}
	return strings.Join(ns, ";"), strings.Join(cs, ";")
}

func value(n node) (amount, currency string) {
	currency = n.str("currency")
	if currency == "CNY" {
		currency = "156" // GB/T 12406 as the standard has it
	}
	return n.str("amount"), currency
}

// mode maps OCDS procurementMethod to 招标方式 (1 open, 2 invited, 9 other).
func mode(method string) string {
	switch method {
	case "open":
		return "1"
	case "selective", "limited":
		return "2"
	case "":
		return ""
	}
	return "9"
}

// moment gives an OCDS date in the standard's form at +08:00; what is no date
// stays as it was, so that the defect can be seen.
func moment(s string) string {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.In(trade.Zone).Format("20060102150405")
	}
	return s
}

func or(ss ...string) string {
	for _, s := range ss {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return ""
}

func first(ns ...node) node {
	for _, n := range ns {
		if n.ok() {
			return n
		}
	}
	return node{}
}

// A node is one value of a JSON tree that may be anything, for real
// publishers put arrays where the schema has objects.
type node struct{ v any }

func (n node) ok() bool { return n.v != nil }

func (n node) get(name string) node {
	if m, ok := n.v.(map[string]any); ok {
		return node{m[name]}
	}
	return node{}
}

// list gives the elements of an array; a lone object counts as one element.
func (n node) list() []node {
	switch v := n.v.(type) {
	case []any:
		out := make([]node, 0, len(v))
		for _, x := range v {
			if x != nil {
				out = append(out, node{x})
			}
		}
		return out
	case map[string]any:
		return []node{n}
	}
	return nil
}

// one gives the value itself, or the first element when it is an array.
func (n node) one() node {
	if v, ok := n.v.([]any); ok {
		if len(v) == 0 {
			return node{}
		}
		return node{v[0]}
	}
	return n
}

// text gives a string or a number's literal text, else "".
func (n node) text() string {
	switch v := n.v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

func (n node) str(name string) string { return n.get(name).text() }
