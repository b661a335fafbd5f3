package docket

import (
	"strconv"
	"time"

	"mingjing/internal/standard"
)

const (
	sysA = "12410000000000000A" // a trading system
	sysB = "12410000000000000B" // another one
	ten  = "E4100002600000001001"
	prj  = "E4100002600000001"
	lot1 = ten + "001"
	lot2 = ten + "002"
)

var base = time.Date(2018, 3, 1, 1, 0, 0, 0, time.UTC)

// v makes a version: fields are given as name, value pairs; the tender project
// code is filled in when none is given.
func v(position int64, dataset, key, revision string, pairs ...string) Version {
	f := map[string]string{"TENDER_PROJECT_CODE": ten}
	for i := 0; i+1 < len(pairs); i += 2 {
		f[pairs[i]] = pairs[i+1]
	}
	return Version{
		Record:   standard.Record{Origin: sysA, Dataset: dataset, Op: standard.Insert, Key: key, Revision: revision, Fields: f},
		Position: position, Received: base.Add(time.Duration(position) * time.Minute), Source: "north",
	}
}

func (w Version) from(origin string) Version { w.Origin = origin; return w }

func (w Version) op(op standard.Op) Version { w.Op = op; return w }

func (w Version) without(names ...string) Version {
	f := map[string]string{}
	for k, s := range w.Fields {
		f[k] = s
	}
	for _, n := range names {
		delete(f, n)
	}
	w.Fields = f
	return w
}

// noticed is a tender with one lot, noticed for opening on 2018-03-21 09:30.
func noticed() []Version {
	return []Version{
		v(0, "501", "T", "1", "PROJECT_CODE", prj, "TENDER_PROJECT_NAME", "一中综合楼建设工程", "REGION_CODE", "410100", "TENDER_PROJECT_TYPE", "A01"),
		v(1, "502", "S1", "1", "BID_SECTION_CODE", lot1, "BID_SECTION_NAME", "第1标段"),
		v(2, "503", "N1", "1", "BID_SECTION_CODES", lot1, "NOTICE_SEND_TIME", "20180301090000", "BID_DOC_REFER_END_TIME", "20180321093000", "BID_OPEN_TIME", "20180321093000"),
	}
}

func opening(position int64, at string) Version {
	return v(position, "506", "O1", "1", "BID_SECTION_CODES", lot1, "BID_OPENING_TIME", at)
}

func bid(position int64, lot string, n int) Version {
	s := strconv.Itoa(n)
	return v(position, "507", lot+"-"+s, "1", "BID_SECTION_CODE", lot, "BIDDER_NAME", "投标人"+s, "BIDDER_ORG_CODE", "91410000000000000"+s)
}

func release(position int64, origin, lot string, seal standard.Seal, state string, at time.Time) Version {
	r := ReleaseRecord(Moment{Vault: standard.Vault{Origin: origin, Tender: ten, Lot: lot}, Seal: seal, Opening: at, Basis: Ref{Dataset: "506", Key: "O1"}},
		Decision{State: state, Bidders: 3}, at)
	return Version{Record: r, Position: position, Received: at, Source: SystemOrigin, System: true}
}

func moment(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04 -0700", s+" +0800")
	if err != nil {
		panic(err)
	}
	return t
}
