package province

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// A Sending is one record on its way from its system, at the time it happened.
type Sending struct {
	System int // index in Systems
	At     time.Time
	Record standard.Record
}

// A Plant is one planted case: what an indicator should say of a lot.
type Plant struct {
	Docket, Lot, Indicator, State string
}

// Cases that a docket may carry.
const (
	honest        = ""
	shortPeriod   = "A02" // documents issued 12 days before the deadline
	twoBidders    = "A05" // opened with two
	noContract    = "A13" // no contract 30 days after the award notice
	sameMachine   = "D01" // two bidders, one machine
	lateUpload    = "K01" // a record uploaded long after its event
	centreMachine = "onsite"
)

var (
	bodies  = []string{"教育局", "水利局", "交通运输局", "人民医院", "住房和城乡建设局", "高级中学", "城市管理局", "农业农村局"}
	works   = []string{"综合楼建设工程", "道路改造工程", "河道治理工程", "污水管网工程", "高标准农田建设项目", "校舍改扩建工程", "老旧小区改造工程", "桥梁加固工程"}
	places  = map[string][]string{"410000": {"410100", "410700", "411300"}, "410300": {"410302", "410303", "410327"}, "410225": {"410225"}}
	firmsA  = []string{"豫诚", "中原", "黄河", "嵩岳", "伊洛", "汴京", "太行", "大别", "云台", "白云", "宏远", "鼎盛", "恒基", "天元"}
	firmsB  = []string{"建设工程有限公司", "建筑安装有限公司", "市政工程有限公司", "水利工程有限公司"}
	surname = []string{"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"}
	given   = []string{"建国", "志强", "秀英", "海燕", "文博", "春生", "晓东", "丽华"}
)

// HistoryBefore is the age from which the simulated systems' records count as
// history (the dated window that the office grants them): older events are not
// late, younger ones must have been uploaded in time.
const HistoryBefore = 30 * time.Hour

// Generate makes the records of n construction dockets whose lives began in
// the half year before now, up to now, in the order in which they happened,
// and the list of planted cases. It is a pure function of its arguments.
func Generate(seed int64, n int, now time.Time) ([]Sending, []Plant) {
	g := &generator{rnd: rand.New(rand.NewPCG(uint64(seed), 0x6d696e676a696e67)), systems: Systems(seed), now: now}
	for i := range n {
		g.docket(i)
	}
	slices.SortStableFunc(g.out, func(a, b Sending) int { return a.At.Compare(b.At) })
	return g.out, g.truth
}

type generator struct {
	rnd     *rand.Rand
	systems []System
	now     time.Time
	out     []Sending
	truth   []Plant
}

// one docket's own values
type life struct {
	*generator
	sys                   int
	project, tender, deal string
	owner, ownerCode      string
	region                string
	n                     int
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func stamp(t time.Time) string { return t.In(trade.Zone).Format("20060102150405") }

// put sends a record at its time, unless that lies in the future. Fields that
// the caller left out but the standard requires are filled with plain values.
func (l *life) put(dataset, key string, at time.Time, fields map[string]string) {
	if at.After(l.now) {
		return
	}
	if at.After(l.now.Add(-HistoryBefore)) && at.Before(l.now.Add(-23*time.Hour)) && key != l.tender+"-LATE" {
		at = l.now.Add(-23 * time.Hour) // honest systems upload within the day
	}
	sys := l.systems[l.sys]
	common := map[string]string{
		"PLATFORM_CODE": sys.Platform, "PUB_SERVICE_PLAT_CODE": sys.Platform, "DATA_TIMESTAMP": stamp(at),
		"TRADE_PLAT": "G41" + sys.Region + "01", "PUB_SERVICE_PLAT": "G4100000001",
		"TENDER_PROJECT_CODE": l.tender, "UNIFIED_DEAL_CODE": l.deal, "UNIFIED_DEAL_CODES": l.deal,
	}
	rec := standard.Record{
		Origin: sys.Platform, Dataset: dataset, Op: standard.Insert, Key: key, Revision: stamp(at),
		Occurred: at.In(trade.Zone).Format(time.RFC3339), Fields: complete(dataset, fields, common, at),
	}
	l.out = append(l.out, Sending{System: l.sys, At: at, Record: rec})
}

// clock gives the day d days after t at h:m, +08:00.
func clock(t time.Time, d, h, m int) time.Time {
	t = t.In(trade.Zone)
	return time.Date(t.Year(), t.Month(), t.Day()+d, h, m, 0, 0, trade.Zone)
}

func (g *generator) person() (name, id, phone string) {
	name = pick(g.rnd, surname) + pick(g.rnd, given)
	return name, idNumber("410101" + strconv.Itoa(1965+g.rnd.IntN(30)) + fmt.Sprintf("%02d%02d%03d", 1+g.rnd.IntN(12), 1+g.rnd.IntN(28), g.rnd.IntN(1000))),
		fmt.Sprintf("1%d%09d", 30+g.rnd.IntN(60), g.rnd.IntN(1e9))
}

// idNumber adds the check digit.
func idNumber(body string) string { return body + string(trade.IDCheck(body)) }

func (g *generator) docket(i int) {
	l := &life{generator: g, sys: i % len(g.systems), n: i}
	sys := g.systems[l.sys]
	l.region = pick(g.rnd, places[sys.Region])
	// The first dockets carry the planted cases; the rest are honest.
	cases := []string{shortPeriod, twoBidders, noContract, sameMachine, lateUpload, centreMachine}
	kind := honest
	if i < len(cases) {
		kind = cases[i]
	}
	age := 1 + g.rnd.IntN(150)
	switch {
	case kind != honest:
		age = 110 + i // old enough for the case to show
	case i%5 == 4:
		age = 5 + g.rnd.IntN(12) // not opened yet: sealed bids
	}
	l.project = fmt.Sprintf("E%s%010d", l.region, 2600000+i)
	l.tender = l.project + "001"
	day := clock(g.now, -age, 9, 0)
	l.deal = fmt.Sprintf("A01-%s-%s-%06d-0", sys.Platform, day.Format("20060102"), i)
	body := pick(g.rnd, bodies)
	l.owner, l.ownerCode = regionName(l.region)+body, orgCode("11"+l.region, 100+i)
	l.live(day, kind)
}

func (l *life) plant(lot, indicator, state string) {
	l.truth = append(l.truth, Plant{Docket: l.tender, Lot: lot, Indicator: indicator, State: state})
}

func (l *life) live(day time.Time, kind string) {
	g := l.generator
	name := l.owner + pick(g.rnd, works)
	sections := 1 + g.rnd.IntN(2)
	if kind != honest {
		sections = 1
	}
	contact, _, phone := g.person()
	invest := fmt.Sprintf("%s-%s-47-01-%06d", day.AddDate(0, -2, 0).Format("0601"), l.region, 100000+l.n)
	l.put("500", l.project, clock(day, -25, 10, 0), map[string]string{
		"PROJECT_CODE": l.project, "PROJECT_NAME": name, "REGION_CODE": l.region, "RELATE_CODE": "1", "INVEST_PROJECT_CODE": invest,
		"LEGAL_PERSON": l.owner, "CONTACTOR": contact, "CONTACT_INFORMATION": phone, "FUND_SOURCE": "财政资金", "APPROVAL_NAME": "关于" + name + "的批复",
	})
	l.put("501", l.tender, clock(day, -10, 10, 0), map[string]string{
		"PROJECT_CODE": l.project, "TENDER_PROJECT_NAME": name, "REGION_CODE": l.region, "IS_TO_LAW": "1", "TENDER_PROJECT_TYPE": "A01",
		"TENDERER_NAME": l.owner, "TENDERER_CODE": l.ownerCode, "OWNER_NAME": l.owner, "TENDER_MODE": "1", "TENDER_ORGANIZE_FORM": "2",
		"TENDER_AGENCY_NAME": "河南正信招标代理有限公司", "TENDER_AGENCY_CODE": orgCode("91410100", 77), "TENDER_AGENCY_CODE_TYPE": "1", "TENDER_AGENCY_ROLE": "03", "SUPERVISE_DEPT_NAME": regionName(l.region) + "住房和城乡建设局",
	})
	var lots []string
	price := float64(300+g.rnd.IntN(4000)) * 1e4
	for s := range sections {
		lot := l.tender + fmt.Sprintf("%03d", s+1)
		lots = append(lots, lot)
		l.put("502", lot, clock(day, -10, 11, 0), map[string]string{
			"BID_SECTION_CODE": lot, "BID_SECTION_NAME": fmt.Sprintf("%s第%d标段", name, s+1), "BID_ECTION_NUM": "1", "BID_TENDER_MODE": "1", "REGION_CODE": l.region,
			"TRA_PLACE_CODE": g.systems[l.sys].Region, "TENDER_PROJECT_CLASSIFY_CODE": "A01", "CONTRACT_RECKON_PRICE": amount(price), "CURRENCY_CODE": "156", "PRICE_UNIT": "0", "LIMITE_TIME": "180",
		})
	}
	period := 22 + g.rnd.IntN(5)
	if kind == shortPeriod {
		period = 12
		l.plant("", "A02", "fired")
	}
	deadline := clock(day, period, 9, 30)
	times := map[string]string{
		"BID_DOC_REFER_END_TIME": stamp(deadline), "BID_OPEN_TIME": stamp(deadline), "IS_POSTPONE": "0",
	}
	notice := map[string]string{
		"NOTICE_BID_NUM": strconv.Itoa(len(lots)), "BID_SECTION_CODES": strings.Join(lots, ";"), "NOTICE_NAME": name + "招标公告", "NOTICE_SEND_TIME": stamp(day),
		"NOTICE_CONTENT": name + "已具备招标条件，现公开招标。", "NOTICE_NATURE": "1", "BULLETIN_TYPE": "1", "DOC_GET_START_TIME": stamp(day), "DOC_GET_END_TIME": stamp(clock(day, 6, 17, 0)),
		"TENDERER_NAME": l.owner, "TENDERER_CODE": l.ownerCode, "TENDERER_CONTACTOR": contact, "TENDERER_PHONE_NUMBER": phone, "SYNDICATED_FLAG": "0",
	}
	merge(notice, times)
	l.put("503", l.tender+"-N1", day, notice)
	for s, lot := range lots {
		doc := map[string]string{
			"BID_SECTION_CODE": lot, "DOC_NAME": name + "招标文件", "VALID_PERIOD": "90", "MARGIN_PAY_TYPE": "1", "PRICE_FORM_CODE": "1", "MARGIN_AMOUNT": amount(price * 0.018),
			"MARGIN_CURRENCY": "156", "MARGIN_AMOUNT_UNIT": "0", "CONTROL_PRICE": amount(price), "CONTROL_PRICE_CURRENCY": "156", "CONTROL_PRICE_UNIT": "0",
			"EVALUATING_METHOD": "综合评估法", "CLARIFY_TIME": stamp(day), "SUBMIT_TIME": stamp(day),
		}
		merge(doc, times)
		l.put("504", lot+"-D1", day.Add(time.Minute), doc)
		l.trade(lot, s, day, deadline, price, kind)
	}
	if kind == lateUpload {
		issued := g.now.Add(-27 * time.Hour)
		l.put("522", l.tender+"-LATE", issued, map[string]string{
			"BID_SECTION_CODE": lots[0], "PERFORMANCE_REPORT_NAME": "履约情况报告", "TENDERER_NAME": l.owner, "TENDERER_CODE": l.ownerCode,
			"FINISH_TIME": stamp(issued.Add(-time.Hour)), "REPORT_ISSUE_TIME": stamp(issued),
		})
		l.plant("", "K01", "fired")
	}
}

func merge(into, from map[string]string) {
	for k, v := range from {
		into[k] = v
	}
}

func amount(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }
