package province

import (
	"fmt"
	"strconv"
	"time"
)

var (
	drugs  = []string{"阿莫西林", "二甲双胍", "氨氯地平", "阿托伐他汀", "布洛芬", "头孢呋辛", "奥美拉唑", "氯雷他定", "左氧氟沙星", "缬沙坦"}
	forms  = []string{"片剂", "胶囊剂", "注射剂", "颗粒剂"}
	needed = []string{"人民医院", "中心医院", "中医院", "妇幼保健院"}
)

// listings are the ways in which drugs are bought without a tender: notice,
// catalogue, lines.
var listings = [][3]string{{"1110", "1111", "1112"}, {"1113", "1114", "1115"}, {"1116", "1117", "1118"}, {"1119", "", ""}}

// medicine tells a purchase of drugs: notice, catalogue with its lines, result
// with its lines, and hospitals' orders. The lines are bulk data sets.
func (l *life) medicine() {
	r, day := l.rnd, l.day
	lines := between(r, 30, 120)
	l.name = fmt.Sprintf("%d年%s第%d批药品集中采购", day.Year(), shortName(l.city), 1+l.n%9)
	catalogue, won := "ML"+l.serial(1), "ZB"+l.serial(2)
	merge(l.common, fields{"PROJECT_CODE": l.id, "PROJNAME": l.name, "DRUGGROUP": "1", "URL": "https://trade.example/drug", "CATASTATUS": "1", "NA_AREA": shortName(l.city)})
	if l.twist == nil && r.IntN(3) == 0 {
		l.listing(pick(r, listings), catalogue, lines)
		return
	}
	ends := open(day, between(r, 21, 26), 9, 30)
	l.put("1104", l.id+"-N", day, fields{
		"NOTICE_NAME": l.name + "公告", "NOTICE_CONTENT": l.name + "现公开征集报价。", "NOTICE_SEND_TIME": stamp(day), "DOC_GET_START_TIME": stamp(day), "DOC_GET_END_TIME": stamp(worked(day, 5, 17, 0)),
		"QUO_START_TIME": stamp(ends.Add(-48 * time.Hour)), "QUO_END_TIME": stamp(ends), "BID_OPEN_TIME": stamp(ends),
	})
	l.put("1105", l.id+"-C", day.Add(time.Minute), fields{"CATAID": catalogue, "CATATIME": date(day), "CATANAME": l.name + "目录", "CATANUM": strconv.Itoa(lines), "CATACONTENT": "见目录明细"})
	result := worked(ends, between(r, 3, 6), 10, 0)
	l.put("1107", l.id+"-W", result, fields{"NOTICE_NAME": l.name + "中标公告", "NOTICE_CONTENT": "中标目录见附件", "NOTICE_SEND_TIME": stamp(result)})
	l.put("1108", l.id+"-WC", result.Add(time.Minute), fields{"CATAID": won, "CATATIME": date(result), "CATANAME": l.name + "中标目录", "CATANUM": strconv.Itoa(lines), "CATACONTENT": "见目录明细"})
	for i := range lines {
		drug, form := pick(r, drugs), pick(r, forms)
		maker := pick(r, l.market.firms[makers])
		price := logNormal(r, 18, 1, 0.5, 9000)
		line := fields{
			"CATAID": catalogue, "DRUGNUM": strconv.Itoa(i + 1), "DRUGCATA": drug, "DRUGID": fmt.Sprintf("YP%s%03d", l.serial(3), i), "DRUGNAME": drug + form, "DRUGFORM": form, "DRUGSPEC": "0.25g×24", "DRUGPREUNIT": "片",
		}
		l.put("1106", fmt.Sprintf("%s-C%d", l.id, i+1), day.Add(2*time.Minute), line)
		line = copied(line)
		merge(line, fields{
			"CATAID": won, "CATATIME": date(result), "CATANAME": l.name + "中标目录", "DRUGFACTOR": "24", "DRUGUNIT": "盒", "FACTORYNAME": maker.name, "FACTORY_ORGCODE": maker.code, "BIDDER_NAME": maker.name, "BIDDER_CODE": maker.code,
			"PREPRICE_BID": amount(max(0.01, price/24)), "PRICE_BID": amount(price),
		})
		l.put("1109", fmt.Sprintf("%s-W%d", l.id, i+1), result.Add(2*time.Minute), line)
	}
	for i := range between(r, 10, 60) {
		at := open(result, 5+i*3, 8, 30).Add(time.Duration(r.IntN(500)) * time.Minute)
		buyer := officeOf(pick(r, l.market.cities), pick(r, needed))
		l.put("1121", fmt.Sprintf("%s-O%d", l.id, i+1), at, fields{
			"ORDERDETAILID": fmt.Sprintf("DD%s%03d", l.serial(4), i), "ORDERNAME": "药品采购单", "HOSPNAME": buyer.name, "ORGCODE": buyer.code, "PURPRICE": amount(logNormal(r, 40000, 1, 200, 5e6)), "ORDTIME": stamp(at), "BID_CURRENCY": "156",
		})
	}
}

// listing tells a purchase without a tender.
func (l *life) listing(sets [3]string, catalogue string, lines int) {
	r, day := l.rnd, l.day
	l.put(sets[0], l.id+"-N", day, fields{"NOTICE_NAME": l.name + "挂网公告", "NOTICE_CONTENT": "目录见附件", "NOTICE_SEND_TIME": stamp(day)})
	changed := open(day, 9, 10, 0)
	l.put("1120", l.id+"-CH", changed, fields{"NOTICE_NAME": l.name + "变更公告", "NOTICE_CONTENT": "调整部分产品包装规格", "NOTICE_SEND_TIME": stamp(changed)})
	if sets[1] == "" {
		return
	}
	l.put(sets[1], l.id+"-C", day.Add(time.Minute), fields{"CATAID": catalogue, "CATATIME": date(day), "CATANAME": l.name + "目录", "CATANUM": strconv.Itoa(lines), "CATACONTENT": "见目录明细"})
	for i := range lines {
		drug, form, maker := pick(r, drugs), pick(r, forms), pick(r, l.market.firms[makers])
		price := logNormal(r, 18, 1, 0.5, 9000)
		l.put(sets[2], fmt.Sprintf("%s-C%d", l.id, i+1), day.Add(2*time.Minute), fields{
			"CATAID": catalogue, "CATATIME": date(day), "CATANAME": l.name + "目录", "DRUGNUM": strconv.Itoa(i + 1), "DRUGCATA": drug, "DRUGID": fmt.Sprintf("YP%s%03d", l.serial(3), i), "DRUGNAME": drug + form, "DRUGFORM": form, "DRUGSPEC": "0.25g×24", "DRUGPREUNIT": "片",
			"DRUGFACTOR": "24", "DRUGUNIT": "盒", "FACTORYNAME": maker.name, "FACTORY_ORGCODE": maker.code, "COMPANY_NAME_GW": maker.name, "COMPANY_CODE_GW": maker.code, "PRICE_GW": amount(price), "BIDDER_NAME": maker.name, "BIDDER_CODE": maker.code, "PREPRICE_BID": amount(max(0.01, price/24)), "PRICE_BID": amount(price),
		})
	}
}
