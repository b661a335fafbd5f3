package network

import (
	"cmp"
	"fmt"
	"strings"

	"mingjing/internal/trade"
)

// percent writes a share.
func percent(v float64) string {
	switch {
	case v > 0 && v < 0.001:
		return "<0.1%"
	case v < 0.1 && v > 0:
		return fmt.Sprintf("%.1f%%", 100*v)
	}
	return fmt.Sprintf("%.0f%%", 100*v)
}

// probability writes one with two digits that count.
func probability(p float64) string { return fmt.Sprintf("%.2g", p) }

// NameZH tells who the peers are.
func (s Standing) NameZH() string { return s.nameZH() }

// NameEN does so in English.
func (s Standing) NameEN() string { return s.nameEN() }

func (s Standing) nameZH() string { return s.name(0, "全部项目", "同类项目") }
func (s Standing) nameEN() string { return s.name(1, "all tenders", "tenders of this class") }

func (s Standing) name(lang int, all, other string) string {
	class, region, _ := strings.Cut(s.Peers, "/")
	if s.Peers == "" || class == "" {
		return all
	}
	name := cmp.Or([2]string{trade.Class(class).ZH(), trade.Class(class).EN()}[lang], other)
	if region == "" {
		return name
	}
	place := region
	if name := trade.Regions().Name(region + strings.Repeat("0", 6-min(6, len(region)))); name != "" && lang == 0 {
		place = name
	}
	return place + [2]string{"", " "}[lang] + name
}

// What often explains a result without anybody having done wrong.
var (
	innocentPair = []Words{
		{"同一专业、同等资质的企业本来就少，常在同类项目中相遇", "few firms have the trade and the qualification, and meet wherever it is asked for"},
		{"两家位于同一县区，只在当地投标", "both are of one county and bid only there"},
		{"集团内依法可各自投标的独立法人", "independent companies of one group that may lawfully bid each for itself"},
	}
	innocentGroup = []Words{
		{"专业市场狭小，合格企业只有这些", "a narrow market in which no other firm qualifies"},
		{"入围名单、资格预审使同一批企业反复同场", "a framework list or prequalification brings the same firms together again and again"},
	}
	innocentTurns = []Words{
		{"产能所限，手上有工程的企业暂不争取下一个", "a firm with its hands full does not press for the next"},
		{"招标人有意分散风险、限制中标标段数量", "the tenderer limits how many lots one may win"},
	}
	innocentTerritory = []Words{
		{"运输半径、驻地设备使近处企业成本更低", "near firms have lower costs of transport and plant"},
	}
	innocentCover = []Words{
		{"新进入市场、以投标积累经验的企业", "a newcomer that learns by bidding"},
		{"报价偏高或资质偏弱，正常落选", "too dear or too weak, and rightly not chosen"},
		{"中标结果未报送", "results were not sent"},
	}
	innocentHabitual = []Words{
		{"技术、成本确有优势", "better or cheaper indeed"},
		{"专业性强、竞争者少的领域", "a special field with few rivals"},
		{"只投有把握的项目", "bids only where it is sure"},
	}
	innocentTie = []Words{
		{"框架协议、后续维护等依法由原单位承担", "follow-up work that lawfully goes to the same firm"},
		{"当地合格企业少", "few firms qualify there"},
		{"招标人项目类型单一，与该企业专长一致", "the buyer tenders one kind of work, which is the firm's own"},
	}
	innocentExpert = []Words{
		{"该专业专家少，抽中概率高", "few experts of the trade, so that the draw often hits the same"},
		{"同名专家并非同一人", "two experts of one name"},
	}
)
