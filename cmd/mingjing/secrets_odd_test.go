package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"mingjing/internal/standard"
)

// oddities sends bids in every form and with every fault that real senders
// have. It returns what the door answered. Each thing sent must be answered by
// the status that it says, so that none is passed over for another reason.
func (o *office) oddities(p, past *plant) []*answer {
	t := o.t
	t.Helper()
	var out []*answer
	n := 100 // each bid is another bidder's
	bid := func(change map[string]string) wired { n++; return p.record(t, "507", n, change) }
	text := func(r wired) string {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	revised := 0
	harmless := func() string { // an open record without a secret: its batch alone would be kept in the open
		revised++
		r := p.record(t, "502", 0, map[string]string{"BID_SECTION_NAME": "公开" + p.han(ofOpen) + "标段"})
		r.Revision = fmt.Sprint(revised) // older than the one that is there
		return text(r)
	}
	post := func(want int, path, contentType string, body string, spoil ...func(*http.Request)) {
		t.Helper()
		p.values[ofBid][body], p.values[ofBid][o.systems[0].Name+"\x00"+body] = "a body", "a refused body"
		a := o.signed(0, http.MethodPost, path, map[string]string{"Content-Type": contentType}, []byte(body), spoil...)
		if a.status != want {
			t.Errorf("%s answered %d to %.200s, want %d: %s", path, a.status, body, want, a.body)
		}
		out = append(out, a)
	}
	list := func(records ...string) string {
		return `{"platform":"` + p.origin + `","records":[` + strings.Join(records, ",") + `]}`
	}
	batch := func(want int, records ...string) {
		t.Helper()
		for _, r := range records { // of what was refused no plain digest may be kept either
			p.values[ofBid][o.systems[0].Name+"\x00"+r] = "a refused record"
		}
		post(want, "/exchange/v1/batches", "application/json", list(records...))
		post(want, "/exchange/v1/validate", "application/json", list(records...))
	}

	// Accepted, with defects.
	batch(200, text(bid(map[string]string{"BID_PRICE": "约" + p.amount(ofBid) + "元", "BIDDER_ORG_CODE": p.firm(ofBid) + "错", "PRICE_FORM_CODE": p.ascii(ofBid), "CHECKIN_TIME": p.ascii(ofBid)})))
	batch(200, text(bid(map[string]string{"BIDDER_NAME": strings.Repeat("密"+p.han(ofBid), 200), "PM_CODE": p.born(ofPerson) + "000Y", "UNION_CONTACT_PHONE": strings.Repeat(p.phone(ofPerson)+"000;", 300)})))
	batch(200, text(bid(map[string]string{"X_NOTE": "密" + p.han(ofBid), "联系电话": p.phone(ofPerson) + "111", "身份证": p.born(ofPerson) + "222X"})))
	batch(200, text(bid(map[string]string{"BIDDER_ORG_CODE": idNumber(p.born(ofPerson) + "333"), "BIDDER_CODE_TYPE": "2"}))) // a natural person bids
	batch(200, text(bid(map[string]string{"TENDER_PROJECT_CODE": ""})), text(bid(map[string]string{"BID_SECTION_CODE": ""})), text(bid(map[string]string{"TENDER_PROJECT_CODE": "", "BID_SECTION_CODE": ""})))
	batch(200, strings.Replace(text(bid(nil)), `"BID_PRICE":"`+p.amount(ofBid)+fmt.Sprintf(".%02d", n)+`"`, `"BID_PRICE":`+p.amount(ofBid)+".250", 1))
	// Open data sets that carry what they should not.
	opening := p.record(t, "506", 0, map[string]string{"BIDDER_NAME": "密" + p.han(ofBid), "BIDDERS_PRESENT": "密" + p.han(ofBid) + "等", "BID_PRICE": p.amount(ofBid), "MOBILE": p.phone(ofPerson) + "444", "BIDDER": idNumber(p.born(ofPerson) + "555")})
	opening.Key += "-odd"
	batch(200, text(opening))
	winner := p.record(t, "513", 0, map[string]string{"WIN_BIDDER_CODE": idNumber(p.born(ofPerson) + "666")})
	winner.Key += "-person"
	batch(200, text(winner))
	section := p.record(t, "502", 0, map[string]string{"BIDDER_NAMES": "密" + p.han(ofBid), "投标人数": p.amount(ofBid), "联系电话": p.phone(ofPerson) + "777"})
	section.Key += "-odd"
	batch(200, text(section))
	// A bid changed, and changed back, and withdrawn, and sent twice.
	first := bid(nil)
	second, third, gone := first, first, first
	second.Fields = map[string]string{"BID_PRICE": p.amount(ofBid) + ".99", "TENDER_PROJECT_CODE": p.tender, "BID_SECTION_CODE": p.lot(1), "BIDDER_NAME": "密" + p.han(ofBid)}
	second.Op, second.Revision, third.Op, third.Revision = "update", first.Revision+"1", "update", first.Revision+"2"
	gone.Op, gone.Revision, gone.Fields = "delete", first.Revision+"3", map[string]string{"TENDER_PROJECT_CODE": p.tender, "BID_SECTION_CODE": p.lot(1)}
	batch(200, text(first), text(second), text(third), text(gone))
	batch(200, text(first), text(second))

	// Refused, beside a record whose batch alone would be kept in the open.
	bad := bid(nil)
	bad.Op = "burn"
	batch(200, harmless(), text(bad))
	bad = bid(nil)
	bad.Revision = ""
	batch(200, harmless(), text(bad))
	bad = bid(nil)
	bad.Dataset = "777"
	batch(200, harmless(), text(bad))
	bad = bid(nil)
	bad.Dataset = "release"
	batch(200, harmless(), text(bad))
	bad = bid(nil)
	bad.Key = strings.Repeat(bad.Key, 20)
	batch(200, harmless(), text(bad))
	batch(200, harmless(), strings.Replace(text(bid(nil)), `{"dataset"`, `{"origin":"`+o.systems[1].Platform+`","dataset"`, 1)) // of another's platform
	batch(200, harmless(), strings.Replace(text(bid(nil)), `"BIDDER_NAME":"`, `"BIDDER_NAME":{"名":"x"},"B":"`, 1))
	batch(200, harmless(), strings.Replace(text(bid(nil)), `"BIDDER_NAME":"`, `"BIDDER_NAME":"密`+p.han(ofBid)+`","BIDDER_NAME":"`, 1))
	batch(200, harmless(), strings.Replace(text(bid(nil)), `{"dataset"`, `{"note":"密`+p.han(ofBid)+`","dataset"`, 1))
	batch(200, harmless(), strings.Replace(text(bid(nil)), "密", "\xff\xfe密", 1))
	batch(200, harmless(), strings.Replace(text(bid(nil)), `"507"`, `["507"]`, 1))
	batch(200, harmless(), `"密`+p.han(ofBid)+`"`, fmt.Sprintf("%q", p.born(ofPerson)))
	whole := list(harmless(), text(bid(nil)))
	post(200, "/exchange/v1/batches", "application/json", whole[:len(whole)-40]) // breaks off inside the bid
	post(200, "/exchange/v1/batches", "application/x-ndjson", `{"platform":"`+p.origin+`"}`+"\n"+harmless()+"\n"+text(bid(nil))[:300]+"\n"+text(bid(nil))+"\n密"+p.han(ofBid)+"\n")
	// No batch at all.
	post(400, "/exchange/v1/batches", "application/json", text(bid(nil)))
	post(400, "/exchange/v1/batches", "application/json", "密"+p.han(ofBid)+text(bid(nil)))
	post(400, "/exchange/v1/batches", "application/json", `{"bids":"密`+p.han(ofBid)+`","platform":"`+p.origin+`","records":[]}`)
	post(400, "/exchange/v1/xml", "application/xml", "<!DOCTYPE x [<!ENTITY 密 '"+p.han(ofBid)+"'>]><DES>&密;</DES>")
	post(415, "/exchange/v1/batches", "text/plain", text(bid(nil)))
	// A record in the past splits its batch in two.
	old := past.record(t, "502", 0, map[string]string{"BID_SECTION_NAME": "2016年的标段"})
	old.Key, old.Occurred = old.Key+"-2016", "2016-05-01T09:00:00+08:00"
	a, _ := o.batch(2, old, past.record(t, "507", 1, nil))
	out = append(out, a)

	o.oddXML(p, bid, post)
	o.oddEnvelopes(list(text(bid(nil))), &out)
	return out
}

// imports brings bids in from a file, good and bad, and returns what was said.
func (o *office) imports(p *plant) string {
	o.t.Helper()
	bad := p.record(o.t, "507", 201, nil)
	bad.Op = "burn"
	var file []byte
	for _, r := range []wired{p.record(o.t, "502", 9, nil), p.record(o.t, "507", 200, nil), bad} {
		line, err := json.Marshal(r)
		if err != nil {
			o.t.Fatal(err)
		}
		file = append(append(file, line...), '\n')
	}
	file = append(file, "密"+p.han(ofBid)+"\n"...)
	out := o.run("import", "records", "--data", o.data, "--source", o.systems[0].Name, "--platform", p.origin, write(o.t, "bids.ndjson", file))
	if !strings.Contains(out, `"accepted":2,"duplicate":0,"refused":2`) {
		o.t.Errorf("the import said %s", out)
	}
	return out
}

// oddXML sends bids in the standard's envelope, in both encodings and broken.
func (o *office) oddXML(p *plant, bid func(map[string]string) wired, post func(int, string, string, string, ...func(*http.Request))) {
	t := o.t
	t.Helper()
	des := func(r wired) string {
		b, err := standard.AppendXML(nil, &standard.Record{
			Origin: r.Fields["PLATFORM_CODE"], Dataset: r.Dataset, Op: standard.Op(r.Op), Key: r.Key, Revision: r.Revision, Fields: r.Fields,
		})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	inGB := func(s string) string {
		out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	section := p.record(t, "502", 0, nil)
	section.Key += "-xml"
	files := p.record(t, "506", 0, nil)
	files.Key += "-xml"
	both := des(section) + des(bid(nil))
	for _, path := range []string{"/exchange/v1/xml", "/exchange/v1/validate"} {
		post(200, path, "application/xml", "<LIST>"+both+"</LIST>")
		post(200, path, "application/xml", `<?xml version="1.0" encoding="GB18030"?>`+inGB("<LIST>"+both+"</LIST>"))
		post(200, path, "application/xml", inGB("<LIST>"+des(section)+des(bid(nil))+"</LIST>")) // undeclared: none of UTF-8
		post(200, path, "application/xml", "<LIST>"+both[:len(both)-60])                        // breaks off
		post(200, path, "application/xml", "<LIST>"+des(section)+strings.Replace(des(bid(nil)), "<BIDDER_NAME>", "<BIDDER_NAME><名/>", 1)+"</LIST>")
		post(200, path, "application/xml", strings.Replace(des(files), "</DES>", "<SOURCE><FILE><NAME>密"+p.han(ofBid)+"</NAME><URL>http://x/"+p.ascii(ofBid)+"</URL></FILE></SOURCE></DES>", 1))
	}
}

// oddEnvelopes sends a good batch with something wrong around it.
func (o *office) oddEnvelopes(body string, out *[]*answer) {
	t := o.t
	t.Helper()
	send := func(want int, header map[string]string, body []byte, spoil ...func(*http.Request)) {
		t.Helper()
		a := o.signed(0, http.MethodPost, "/exchange/v1/batches", header, body, spoil...)
		if a.status != want {
			t.Errorf("the door answered %d, want %d: %s", a.status, want, a.body)
		}
		*out = append(*out, a)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte(body)) // a buffer takes everything
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	gz := map[string]string{"Content-Type": "application/json", "Content-Encoding": "gzip"}
	send(200, gz, zipped.Bytes())
	send(400, gz, zipped.Bytes()[:zipped.Len()-30])
	send(400, gz, []byte(body))
	send(401, asJSON, []byte(body), func(r *http.Request) { r.Header.Del("Signature") })
	send(401, asJSON, []byte(body), func(r *http.Request) { r.Header.Set("Content-Digest", "sha-256=:AAAA:") })
	send(401, asJSON, []byte(body), func(r *http.Request) {
		r.Header.Set("Signature-Input", strings.Replace(r.Header.Get("Signature-Input"), `keyid="`, `keyid="x`, 1))
	})
}
