package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"mingjing/internal/province"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// A traffic makes records of construction tenders, as fast as a sender can
// fill a text in: per docket 501, 503, 504, four 507 and 519 (sealed until the
// opening), 506, 513 and 512. Of ten dockets one has documents out for 12 days
// (A02), one is opened with two bidders (A05), one has two bids from one
// machine (D01) and one has no contract (A13); the others are honest.
type traffic struct {
	platform string
	first    int64 // number of the first docket; numbers do not repeat in one data folder
	texts    map[string]string
	bidders  []standard.Record // their names and codes, as the province simulates them
}

// plantOf says which finding a docket must cause, and with which record.
func plantOf(n int64) (indicator, dataset string) {
	switch n % 10 {
	case 3:
		return "A02", "503"
	case 5:
		return "A05", "506"
	case 7:
		return "D01", "506"
	case 9:
		return "A13", "513"
	}
	return "", ""
}

// A part is one record of one docket.
type part struct {
	dataset string
	docket  int64
	bidder  int
}

// lives lists the records of dockets in the order in which they happen.
func lives(dockets []int64) []part {
	var out []part
	each := func(datasets ...string) {
		for _, n := range dockets {
			for _, d := range datasets {
				out = append(out, part{dataset: d, docket: n})
			}
		}
	}
	bids := func(dataset string) {
		for _, n := range dockets {
			for i := range bidders(n) {
				out = append(out, part{dataset, n, i})
			}
		}
	}
	each("501", "503")
	each("504")
	bids("507")
	bids("519")
	each("506")
	for _, n := range dockets {
		if bidders(n) < 3 {
			continue
		}
		out = append(out, part{dataset: "513", docket: n})
		if indicator, _ := plantOf(n); indicator != "A13" {
			out = append(out, part{dataset: "512", docket: n})
		}
	}
	return out
}

func bidders(n int64) int {
	if indicator, _ := plantOf(n); indicator == "A05" {
		return 2
	}
	return 4
}

// benchFields are the fields of each data set that differ from docket to docket.
var benchFields = map[string]map[string]string{
	"501": {"TENDER_PROJECT_NAME": "工程${n}", "IS_TO_LAW": "1", "TENDER_PROJECT_TYPE": "A01", "TENDER_MODE": "1"},
	"503": {
		"BID_SECTION_CODES": "${lot}", "NOTICE_NAME": "工程${n}招标公告", "NOTICE_SEND_TIME": "${notice}", "DOC_GET_START_TIME": "${notice}", "DOC_GET_END_TIME": "${notice6}",
		"BID_DOC_REFER_END_TIME": "${deadline}", "BID_OPEN_TIME": "${deadline}",
	},
	"504": {
		"BID_SECTION_CODE": "${lot}", "DOC_NAME": "工程${n}招标文件", "BID_DOC_REFER_END_TIME": "${deadline}", "BID_OPEN_TIME": "${deadline}",
		"CLARIFY_TIME": "${notice}", "SUBMIT_TIME": "${notice}",
	},
	"507": {
		"BID_SECTION_CODE": "${lot}", "BIDDER_NAME": "${bidder}", "BIDDER_ORG_CODE": "${code}", "BID_PRICE": "11${i}0.5",
		"CHECKIN_TIME": "${handed}", "MARGIN_RECEIVE_TIME": "${notice6}",
	},
	"519": {
		"BID_SECTION_CODE": "${lot}", "BIDDER_NAME": "${bidder}", "BIDDER_ORG_CODE": "${code}", "TENDER_DOC_SUBMITTIME": "${handed}",
		"CPU_ID": "BFEBFBFF${machine}", "HARD_DISK_SERIAL_NUMBER": "WD-WCC${machine}", "MEMORY_SERIAL_NUMBER": "0X${machine}", "MAC_ADDRESS": "${mac}",
		"NET_ID": "198.51.100.${i}", "BID_DOCUMENT_MD5": "0123456789abcdef${md5}",
	},
	"506": {"BID_SECTION_CODES": "${lot}", "BID_OPENING_TIME": "${deadline}"},
	"513": {"BID_SECTION_CODE": "${lot}", "WIN_BIDDER_NAME": "${bidder}", "WIN_BIDDER_CODE": "${code}", "NOTICE_SEND_TIME": "${result}"},
	"512": {"BID_SECTION_CODE": "${lot}", "BIDDER_NAME": "${bidder}", "BIDDER_CODE": "${code}", "CONTRACT_SIGN_TIME": "${signed}", "SUBMIT_TIME": "${signed}"},
}

// benchTimes is when each data set is sent.
var benchTimes = map[string]string{
	"501": "${notice}", "503": "${notice}", "504": "${notice}", "507": "${handed}", "519": "${handed}", "506": "${deadline}", "513": "${result}", "512": "${signed}",
}

func newTraffic(platform string, first int64) (*traffic, error) {
	t := &traffic{platform: platform, first: first, texts: map[string]string{}}
	for dataset, own := range benchFields {
		r := standard.Example(dataset)
		for name, value := range own {
			r.Fields[name] = value
		}
		r.Fields["TENDER_PROJECT_CODE"] = "${tender}"
		r.Fields["DATA_TIMESTAMP"] = benchTimes[dataset]
		for name, value := range map[string]string{"PLATFORM_CODE": platform, "PROJECT_CODE": "${project}"} {
			if _, ok := r.Fields[name]; ok {
				r.Fields[name] = value
			}
		}
		text, err := json.Marshal(map[string]any{
			"dataset": dataset, "op": "insert", "key": "${lot}-" + dataset + "-${i}", "revision": benchTimes[dataset], "fields": r.Fields,
		})
		if err != nil {
			return nil, err
		}
		t.texts[dataset] = string(text)
	}
	// Names and codes of bidders whose check digits are right: the province's.
	list, _ := province.Generate(1, 30, time.Date(2026, 1, 1, 0, 0, 0, 0, trade.Zone))
	seen := map[string]bool{}
	for _, s := range list {
		if code := s.Record.Fields["BIDDER_ORG_CODE"]; code != "" && !seen[code] {
			seen[code] = true
			t.bidders = append(t.bidders, s.Record)
		}
	}
	if len(t.bidders) < 8 {
		return nil, fmt.Errorf("bench: only %d bidders to choose from", len(t.bidders))
	}
	return t, nil
}

// append writes one record as JSON.
func (t *traffic) append(body []byte, p part) []byte {
	fill := func(name string) string { return t.value(p, name) }
	return append(body, os.Expand(t.texts[p.dataset], fill)...)
}

func (t *traffic) tender(n int64) string { return fmt.Sprintf("E410105%010d001", n) }

func (t *traffic) value(p part, name string) string {
	tender := t.tender(p.docket)
	switch name {
	case "n":
		return strconv.FormatInt(p.docket, 10)
	case "i":
		return strconv.Itoa(p.bidder)
	case "project":
		return tender[:17]
	case "tender":
		return tender
	case "lot":
		return tender + "001"
	case "bidder":
		return t.bidder(p).Fields["BIDDER_NAME"]
	case "code":
		return t.bidder(p).Fields["BIDDER_ORG_CODE"]
	case "machine":
		return fmt.Sprintf("%08X", t.machine(p))
	case "md5":
		return fmt.Sprintf("%016x", t.machine(p))
	case "mac":
		m := t.machine(p)
		return fmt.Sprintf("02-00-%02x-%02x-%02x-%02x", byte(m>>24), byte(m>>16), byte(m>>8), byte(m))
	}
	return t.time(p.docket, name)
}

func (t *traffic) bidder(p part) standard.Record {
	return t.bidders[(p.docket*3+int64(p.bidder))%int64(len(t.bidders))]
}

// machine numbers the machine that a bid came from: each its own, but for the
// first two bids of a docket with the D01 plant.
func (t *traffic) machine(p part) int64 {
	bidder := int64(p.bidder)
	if indicator, _ := plantOf(p.docket); indicator == "D01" && bidder == 1 {
		bidder = 0
	}
	return p.docket*8 + bidder
}

// time gives a moment of a docket's life, some day between 2018 and 2022.
func (t *traffic) time(n int64, name string) string {
	notice := time.Date(2018, 3, 1+int(n%1500), 9, 0, 0, 0, trade.Zone)
	days := 25
	if indicator, _ := plantOf(n); indicator == "A02" {
		days = 12
	}
	deadline := notice.AddDate(0, 0, days).Add(30 * time.Minute)
	at := map[string]time.Time{
		"notice": notice, "notice6": notice.AddDate(0, 0, 6), "handed": deadline.Add(-time.Hour), "deadline": deadline,
		"result": deadline.AddDate(0, 0, 8), "signed": deadline.AddDate(0, 0, 20),
	}[name]
	return at.Format("20060102150405")
}
