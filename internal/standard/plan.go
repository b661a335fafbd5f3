package standard

import "sort"

// A plan is what Check and Sealing need of a data set, worked out once.
type plan struct {
	sealed []int // fields with a seal that Sealing has to name (in a wholly sealed set: the personal ones)
	orgs   []int // fields that may hold a person's ID number in place of an organisation's code
	person []int // fields that identify a person
	attach Seal  // seal of the attachments: they may be what a sealed field says, as a file

	tender, project, platform, stamp *Field
	lots, lotCount                   *Field // fields of rule S049

	ran [2][8][]string // rules that run: by put or delete, and by what the context gives
}

// What a context gives, as bits of an index into plan.ran.
const (
	haveOwned = 1 << iota
	haveVersion
	haveReceived
)

// refusals are the rules that Check always runs; S001 is the decoders'.
var refusals = []string{"S002", "S003", "S004", "S005", "S007", "S008", "S009"}

func (c *Catalogue) compile() {
	c.personalNames, c.sealedNames = map[string]bool{}, map[string]Seal{}
	for _, d := range c.sets {
		for _, f := range d.Fields {
			if f.Seal == Personal {
				c.personalNames[f.Name] = true
			}
			if stricter(f.Seal, c.sealedNames[f.Name]) {
				c.sealedNames[f.Name] = f.Seal
			}
		}
		d.compile()
	}
	for _, d := range c.sets { // names that every row carries say nothing about a seal
		for _, f := range d.Fields {
			switch f.Check {
			case CodeTender, CodeProject, CodeSection, CodeDeal, CodeRegion:
				delete(c.sealedNames, f.Name)
			}
		}
	}
	for _, n := range []string{"PLATFORM_CODE", "PUB_SERVICE_PLAT_CODE", "DATA_TIMESTAMP", "TRADE_PLAT", "PUB_SERVICE_PLAT"} {
		delete(c.sealedNames, n)
	}
}

func stricter(a, b Seal) bool {
	rank := func(s Seal) int {
		switch s {
		case Personal:
			return 3
		case Committee:
			return 2
		case Bid:
			return 1
		}
		return 0
	}
	return rank(a) > rank(b)
}

func (d *Dataset) compile() {
	p := &d.plan
	run := map[string]bool{"S010": true, "S013": true, "S016": true}
	for i := range d.Fields {
		f := &d.Fields[i]
		if f.Seal != Open && (d.Seal == Open || f.Seal == Personal) {
			p.sealed = append(p.sealed, i)
		}
		if f.Seal != Personal && stricter(f.Seal, p.attach) {
			p.attach = f.Seal
		}
		if f.Person {
			p.person = append(p.person, i)
		}
		if f.Check == CodeOrg && f.Seal != Personal {
			p.orgs = append(p.orgs, i)
		}
		switch f.Name {
		case "PLATFORM_CODE":
			p.platform, run["S012"] = f, true
		case "DATA_TIMESTAMP":
			p.stamp, run["S011"] = f, true
		}
		if f.Required {
			run["S020"] = true
		}
		switch {
		case f.Format.Fixed > 0:
			run["S021"] = true
		case f.Format.Max > 0:
			run["S022"] = true
		case f.Format.Kind == Number:
			run["S023"], run["S024"] = true, true
		case f.Format.Kind == Date:
			run["S025"], run["S026"] = true, true
		}
		if f.List != "" {
			run["S027"] = true
		}
		if f.Unit != "" {
			run["S040"], run["S048"] = true, true
			if f.Unit != "yuan" {
				run["S041"] = true
			}
		}
		switch f.Check {
		case CodeRegion:
			run["S030"] = true
		case CodeOrg:
			run["S031"] = true
		case CodeInvest:
			run["S032"] = true
		case CodeDeal:
			run["S033"] = true
		case CodeProject:
			p.project, run["S034"] = f, true
		case CodeTender:
			p.tender, run["S035"] = f, true
		case CodeSection:
			run["S037"] = true
		case CodeID:
			run["S039"] = true
		}
	}
	if p.project != nil && p.tender != nil {
		run["S036"] = true
	}
	if p.tender != nil && run["S037"] {
		run["S038"] = true
	}
	if len(d.Ratios) > 0 {
		run["S043"] = true
	}
	if len(d.Order) > 0 {
		run["S047"] = true
	}
	for _, q := range d.Require {
		run[q.Rule] = true
	}
	if p.lotCount, p.lots = d.Field("NOTICE_BID_NUM"), d.Field("BID_SECTION_CODES"); p.lotCount != nil && p.lots != nil {
		run["S049"] = true
	} else {
		p.lotCount = nil
	}
	for have := range 8 {
		common := append([]string(nil), refusals...)
		if have&haveOwned != 0 {
			common = append(common, "S006")
		}
		if have&haveVersion != 0 {
			common = append(common, "S015")
		}
		if have&haveReceived != 0 {
			common = append(common, "S014")
		}
		del := append(append([]string(nil), common...), "S010", "S013")
		put := append([]string(nil), common...)
		for id := range run {
			put = append(put, id)
		}
		sort.Strings(del)
		sort.Strings(put)
		p.ran[0][have], p.ran[1][have] = put, del
	}
}
