package province

import (
	"fmt"
	"strconv"
	"time"
)

// Registers makes the records of the registers of bodies and of experts, sent
// by the province's system before all dockets. A small province has a small
// register.
func (p *Province) Registers() []Sending {
	l := &life{Province: p, rnd: p.random(0, 0x7265676973746572), system: p.Systems[0], city: "410100", region: "410000"}
	l.common = fields{"PLATFORM_CODE": l.system.Platform, "PUB_SERVICE_PLAT_CODE": l.system.Platform}
	at := open(p.Now, -p.days, 9, 0)
	tick := func() time.Time { at = at.Add(time.Minute); return at }
	left := p.Dockets
	for _, k := range kinds {
		for _, f := range l.market.firms[k.kind] {
			if left--; left >= 0 {
				l.firm(f, tick)
			}
		}
	}
	left = p.Dockets
	for _, city := range l.market.cities {
		for i, e := range l.market.experts[city] {
			if left--; left >= 0 {
				l.expert(e, i, tick())
			}
		}
	}
	buyer := officeOf("410100", "教育局")
	for _, dataset := range []string{"101", "104", "107"} { // what purchasers and sellers add
		l.put(dataset, buyer.code, tick(), fields{"LEGAL_CODE": buyer.code})
	}
	return l.out
}

// extended are the data sets that extend a firm's entry, by kind, with the role
// it has.
var extended = map[string]struct{ role, dataset string }{
	builders: {"02", "103"}, suppliers: {"06", "106"}, developers: {"08", "108"}, miners: {"09", "109"}, makers: {"06", "106"}, agencies: {"03", "102"},
}

// firm tells a firm's entries in the register of bodies.
func (l *life) firm(f firm, tick func() time.Time) {
	x := extended[f.kind]
	expires := fields{"LICENSE_END_DATE": "20351231", "QUAL_CERT_END_DATE": "20301231"}
	entry := fields{
		"LEGAL_NAME": f.name, "BIDDER_CODE_TYPE": "1", "LEGAL_CODE": f.code, "LEGAL_ROLE": x.role, "LICENSE_NO": f.code, "LEGAL_REPRESENT": f.boss, "LEGAL_TYPE": "1", "COUNTRY_REGION": "156", "REGION_CODE": f.city, "REG_CAPITAL": strconv.Itoa(500 + f.n*3),
		"REG_CAP_CURRENCY": "156", "REG_UNIT": "1", "LEGAL_CONTACT": f.boss, "LEGAL_CONTACT_PHONE": f.phone, "LEGAL_STATUS": "1", "BASIC_ACCOUNT_NO": f.account,
	}
	merge(entry, expires)
	l.put("100", f.code, tick(), entry)
	more := fields{"LEGAL_CODE": f.code, "QUAL_LEVEL": "02", "QUAL_NAME": "专业资质二级", "QUAL_TYPE": "D10102", "QUAL_CERT_NO": fmt.Sprintf("D241%06d", f.n)}
	merge(more, expires)
	l.put(x.dataset, f.code, tick(), more)
	if f.kind == agencies {
		l.put("105", f.code, tick(), fields{"LEGAL_CODE": f.code})
	}
	if f.n%20 > 0 || f.kind != builders {
		return
	}
	id := idNumber(l.rnd, f.city)
	l.put("111", f.code+"-P", tick(), fields{
		"ID_CARD": id, "ID_CARD_TYPE": "01", "PERSON_NAME": personName(l.rnd), "GENDER": "1", "BIRTHDATE": id[6:14], "REGION_CODE": f.city, "PERSON_EDU": "本科", "PERSON_PHONE": phone(l.rnd), "UNIT_CODE": f.code, "UNIT_NAME": f.name, "ON_JOB": "1", "JOB": "项目经理",
		"TECH_TITLE": "工程师", "WORK_START_DATE": "20100701",
	})
	l.put("112", f.code+"-PC", tick(), fields{"QUAL_NAME": "一级建造师", "QUAL_TYPE": "110001", "ID_CARD": id, "ID_CARD_TYPE": "01", "CERT_NO": fmt.Sprintf("豫1412019%06d", f.n), "CERT_END_DATE": "20281231"})
	l.natural(id, f, tick)
	l.credited(f, x.role, tick)
}

// natural tells a person who trades in their own name.
func (l *life) natural(id string, f firm, tick func() time.Time) {
	l.put("114", f.code+"-N", tick(), fields{"ID_CARD_TYPE": "01", "ID_CARD": id, "ID_CARD_END_DATE": "20401231", "PERSON_NAME": f.boss, "CONTACT": f.phone, "BANK_ACCOUNT": f.account})
	for _, dataset := range []string{"115", "117", "118"} { // what is added for one who supplies, buys or wins
		l.put(dataset, f.code+"-N", tick(), fields{"LEGAL_CODE": id, "CUSTOM_DEFINITION_DATAITEM": "个人参与交易"})
	}
}

// credited tells entries of the register of credit.
func (l *life) credited(f firm, role string, tick func() time.Time) {
	at := tick()
	who := fields{"BODY_NAME": f.name, "BODY_CODE": f.code, "BODY_TYPE": "1", "BODY_ROLE": role, "SCOPE": "1", "GOVERNMENT": officeOf(f.city, "住房和城乡建设局").name, "DOCUMENT_CODE": "建罚〔2025〕" + strconv.Itoa(f.n) + "号"}
	with := func(more fields) fields { merge(more, who); return more }
	l.put("304", f.code+"-AW", at, with(fields{"REWARD_PUNISHMENT_TYPE": "01", "REWARD_REASON": "优质工程奖", "REWARD_DATE": stamp(at)}))
	l.put("306", f.code+"-CR", tick(), with(fields{"DATA": "信用等级A"}))
	if f.n%60 > 0 {
		return
	}
	entry := fmt.Sprintf("%08d-0000-4000-8000-%012d", f.n, f.n)
	l.put("302", entry, tick(), with(fields{"BLACKLIST_CODE": entry, "RECORD_REASON": "拖欠农民工工资", "RECORD_DATE": stamp(at), "REVOCATION_STATUS": "1", "CONFINED_ACTION": "1"}))
	l.put("303", entry, tick(), with(fields{"BLACKLIST_CODE": entry, "REVOCATIONEASONS": "已整改", "ROPOSER": f.name, "APPLICATION_DATE": stamp(at)}))
}

// expert tells an expert's entry in the library.
func (l *life) expert(e expert, i int, at time.Time) {
	dataset, major := "212", "A080101"
	if i%5 == 4 {
		dataset, major = "213", "A02"
	}
	sex := strconv.Itoa(1 + (int(e.id[16]-'0')+1)%2)
	l.put(dataset, fmt.Sprintf("EX-%s-%d", e.city, i), at, fields{
		"ID_CARD": e.id, "ID_CARD_TYPE": "01", "EXPERT_NAME": e.name, "SEX": sex, "BIRTHDAY": e.id[6:14], "EDUCATION": "本科", "PROFESSIONAL": "高级工程师", "ONWORK": "1", "COMPANY": officeOf(e.city, "勘察设计院").name, "INDUSTRY": "E48", "AREA": e.city + "000",
		"PHONE_NUMBER": e.phone, "DMISSON": "1", "ENTER_DATE": date(at), "BASE_TYPE": "1", "MAJOR_CODE": major, "IS_MAIN": "1",
	})
}
