package detect

import (
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
)

// Kinds of award method: what makes a bid win. Prices and the number of bids
// differ between them, so that a lot is compared with those of its own kind.
const (
	Comprehensive = "comprehensive" // 综合评估、综合评分: price, technique and business weighed together
	LowestPrice   = "lowest"        // 经评审的最低投标价、最低评标价
	AveragePrice  = "average"       // 合理低价、平均价: the bid nearest to a benchmark made of the bids
)

// methodNames are the kinds of award method in Chinese and English.
var methodNames = map[string][2]string{
	Comprehensive: {"综合评估", "weighed together"}, LowestPrice: {"最低价", "lowest price"}, AveragePrice: {"均值、基准价", "average or benchmark price"},
}

// methodWords tell the kinds by what documents write, the more telling first:
// a name such as 综合评估法 may go with a price part that is scored by a benchmark.
var methodWords = []struct {
	kind  string
	words []string
}{
	{AveragePrice, []string{"合理低价", "平均价", "平均报价", "平均值", "均值", "合理定价", "随机抽取中标"}},
	{Comprehensive, []string{"综合评估", "综合评分", "综合评价", "综合评审", "技术评分最低标价"}},
	{LowestPrice, []string{"最低投标价", "最低评标价", "最低价", "最低报价", "最低评审价"}},
}

// AwardMethod tells of which kind the award method of a lot is, by its
// documents (504 EVALUATING_METHOD, 503 QUAL_TYPE, 551 BULLETIN_CONTENT); "" when
// they do not say, or say two things.
func AwardMethod(d *docket.Docket, lot string) string {
	found := ""
	for _, s := range [][2]string{{"504", "EVALUATING_METHOD"}, {"503", "QUAL_TYPE"}, {"551", "BULLETIN_CONTENT"}} {
		for _, e := range timeline.Rows(d, s[0], lot) {
			kind := methodIn(e.Fields[s[1]])
			switch {
			case kind == "":
			case found == "":
				found = kind
			case kind != found:
				return ""
			}
		}
		if found != "" {
			return found
		}
	}
	return ""
}

func methodIn(text string) string {
	for _, m := range methodWords {
		for _, w := range m.words {
			if strings.Contains(text, w) {
				return m.kind
			}
		}
	}
	return ""
}
