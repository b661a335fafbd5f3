package detect

import (
	"slices"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/trade"
)

// Strengths of an indicator: how much it says when it fires.
const (
	Breach  = "breach"  // 违规: a rule was broken, if the data are right
	Strong  = "strong"  // 强线索: of the kind that the law names as a sign
	Weak    = "clue"    // 线索: deserves a look
	Quality = "quality" // 数据质量: the data are wrong, late or missing
)

// An About is what people need to know of an indicator besides what it needs
// itself to look at a docket.
type About struct {
	Stage     trade.Stage `json:"stage"`
	Strength  string      `json:"strength" enum:"breach,strong,clue,quality"`
	Since     string      `json:"since" doc:"Day from which what it asks has been a rule, or from which this platform asks it where no law does"`
	Needs     []Need      `json:"needs" doc:"What it reads; several data sets may stand for each other"`
	FormulaZH string      `json:"formula_zh"`
	FormulaEN string      `json:"formula_en"`
	Outside   Outside     `json:"outside" doc:"What other lists call it"`
	Cause     Cause       `json:"cause" doc:"Of findings with one cause that rest on a record in common, one counts in a score"`
}

// A Need is the fields of one data set that an indicator reads.
type Need struct {
	Dataset string   `json:"dataset"`
	Fields  []string `json:"fields"`
}

// Outside says what other lists call an indicator.
type Outside struct {
	Cardinal  string `json:"cardinal,omitempty" doc:"Code of Open Contracting's reference implementation"`
	OCP       []int  `json:"ocp,omitempty" doc:"Numbers of the 73 red flags of Open Contracting (2024)"`
	Article40 []int  `json:"article40,omitempty" doc:"Items of 招标投标法实施条例 第四十条"`
	Practice  string `json:"practice,omitempty" doc:"Where practice in China has it: 46 (scorecard of 46 indicators, with points), FJ (a province's supervision points), GZ, L (law), P (platforms), 1117号, POLICY"`
}

// needs reads "502 CONTRACT_RECKON_PRICE PRICE_UNIT".
func needs(texts ...string) []Need {
	var out []Need
	for _, t := range texts {
		words := strings.Fields(t)
		out = append(out, Need{words[0], words[1:]})
	}
	return out
}

// Catalogue returns the guidance of all indicators, by id.
func Catalogue() []Guidance {
	var out []Guidance
	for _, r := range Rules() {
		g, _ := Guide(r.Info().ID)
		out = append(out, g)
	}
	return out
}

// classesOf are the classes of trade of which the default settings ask an
// indicator something.
func classesOf(id string) []string {
	var out []string
	for _, c := range trade.Classes() {
		set, ok := DefaultSettings().For(id, &docket.Docket{Class: string(c), Region: "410000"}, trade.Date(2026, 1, 1))
		if ok && set.Applies != "no" && !slices.Contains(out, string(c)) {
			out = append(out, string(c))
		}
	}
	return out
}

// A Gap says why a number of an outside list has no indicator here.
type Gap struct{ ZH, EN string }

var (
	noData  = Gap{"数据集中没有", "no data set carries it"}
	others  = Gap{"由另一部分计算", "computed in another room"}
	subject = Gap{"按主体统计，另行计算", "about a body over many trades: computed apart, later"}
)

// gapsOCP says why a red flag of the 73 is not covered by an indicator.
var gapsOCP = map[int]Gap{
	1: {"规划文件不单独报送；审批（9101）缺失属 B01，另行计算", "planning papers are not sent; a missing approval (9101) is B01, later"}, 13: subject, 16: {"须按品目统计单价，另行计算", "needs prices by category, later"},
	22: others, 24: others, 26: subject, 27: subject, 28: others, 29: others,
	32: noData, 33: noData, 34: subject, 43: {"没有公职人员登记", "no register of officials"}, 47: noData, 48: subject, 49: subject, 51: subject, 52: subject, 55: subject,
	56: {"资格以文字表述，另行计算", "qualifications are texts, later"}, 70: noData, 72: subject, 73: noData,
}

// gapsCardinal does so for the eleven of Cardinal.
var gapsCardinal = map[string]Gap{
	"R024": {"价格部分；OCDS 文件由 analyze ocds 计算", "prices, another room; for OCDS files analyze ocds"}, "R028": {"价格部分；OCDS 文件由 analyze ocds 计算", "prices, another room; for OCDS files analyze ocds"},
	"R048": subject, "R058": {"价格部分；OCDS 文件由 analyze ocds 计算", "prices, another room; for OCDS files analyze ocds"},
}

// gaps40 does so for the six items of article 40.
var gaps40 = map[int]Gap{}

// gapsPractice does so for the catalogue of practice A to K.
var gapsPractice = map[string]Gap{
	"B01": {"尚无交易的审批（9101）不属于任何项目，线索没有可落的项目；待以投资项目为对象", "an approval (9101) that no transaction names belongs to no docket, so that a finding has nothing to stand on: waits for findings on projects"},
	"B05": {"数据具备（502 估算价、招标人、时间），尚未编写；同一项目内由 B03 提示", "the data are there (502 estimate, tenderer, time), not written yet; inside one tender B03 tells of it"},
	"E05": {"写作风格，另行计算；错字、联系方式、图片见 E03", "style of writing: computed apart, later; slips, contacts and pictures are E03"},
	"G05": {"标准无股东字段；法定代表人、电话、地址在 100，统计版次尚不读取主体登记", "the standard has no field for shareholders; representative, telephone and address stand in 100, and editions do not read the registers yet"},
	"G06": {"代理机构的终端不报送；联系电话在 503、100，统计版次尚不读取主体登记", "an agency's terminal is not sent; its telephones stand in 503 and 100, and editions do not read the registers yet"},
	"H04": {"标准中专家单位（212）只有名称、无代码、无社保，且专家登记不在任何项目内", "the standard has an expert's employer (212) by name only, without code and insurance, and the register of experts is in no docket"},
	"K08": {"由 A18 计算", "answered by A18"},
}

// practised are the ids of the catalogue of practice by family, as many as it has.
var practised = []struct {
	family string
	n      int
}{{"A", 18}, {"B", 7}, {"C", 3}, {"D", 12}, {"E", 5}, {"F", 5}, {"G", 9}, {"H", 8}, {"I", 4}, {"J", 5}, {"K", 8}}

// cardinals are the codes of Cardinal's eleven.
var cardinals = []string{"R003", "R018", "R024", "R025", "R028", "R030", "R035", "R036", "R038", "R048", "R058"}
