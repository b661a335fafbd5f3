package detect

import (
	"slices"
	"strings"

	"mingjing/internal/docket"
)

// innocent says what often explains a finding of an indicator without anybody
// having done wrong, in Chinese and English: a person should rule it out first.
var innocent = map[string][][2]string{
	"A01": {{"文件另行延长发售，延期公告未报送", "the issue was prolonged, and the notice of it was not sent"}, {"报送的起止时间为系统默认值", "the times sent are a system's defaults"}},
	"A02": {{"截止时间已依法顺延，变更公告未报送", "the deadline was put off by a notice that was not sent"}, {"文件实际发出时间早于报送的时间", "the documents were issued before the time that was sent"}},
	"A03": {{"澄清不影响投标文件编制，依法无须顺延", "the clarification does not affect how bids are made, and nothing need be put off"}, {"顺延另有公告", "the deadline was put off by another notice"}},
	"A04": {{"系统故障、停电等原因推迟开标，已当场说明", "the opening was delayed by a failure of the system, and this was said there"}, {"填报的是开标结束时间", "the end of the opening was filled in"}},
	"A05": {{"已依法终止开标并重新招标，终止信息报送较晚", "the opening was ended and the tender repeated, and this was sent late"}, {"依法可不足三家的情形（如二次招标后经批准）", "a case in which fewer than three suffice, as after a second call with approval"}},
	"A06": {{"服务器时间误差，或系统故障期间依法延时", "the server's clock was wrong, or time was given for a failure of the system"}, {"记录的是回执时间而非上传完成时间", "the time of the receipt was recorded, not that of the upload"}},
	"A07": {{"成员依法回避后补抽，补抽记录未报送", "a member was replaced, and the second draw was not sent"}, {"填报人把监督人员计入成员", "an observer was entered as a member"}},
	"A08": {{"公示先在其他法定媒体发布", "the candidates were publicised in another medium first"}, {"评标报告实际提交日晚于填报日", "the report really came later than was filled in"}},
	"A09": {{"公示另行延长", "the publicity was prolonged"}, {"截止日填为最后一个工作日", "the last working day was filled in as the end"}},
	"A10": {{"异议已撤回或已答复，答复未报送", "the objection was withdrawn or answered, and this was not sent"}, {"定标日期为拟定文件日期", "the date of the draft was filled in as that of the result"}},
	"A11": {{"答复已送达而未报送", "the answer was served and not sent"}, {"异议不属受理范围，已告知", "the objection was not one to be taken, and this was said"}},
	"A13": {{"合同已订立，报送较晚", "the contract was signed and sent late"}, {"中标人放弃、投诉处理期间依法暂停", "the winner withdrew, or a complaint suspended it"}},
	"A14": {{"估算价或保证金单位填错（元、万元）", "the estimate or the deposit was filled in with the wrong unit"}, {"退款已办理，凭证未报送", "the refund was made and its receipt not sent"}},
	"A16": {{"公告先在法定媒体发布，平台记录较晚", "the notice stood in the official medium first"}, {"法律规定的例外情形", "an exception of the law"}},
	"A17": {{"公告期限依据为其他规定", "the term follows another provision"}, {"延期公告未报送", "a prolongation was not sent"}},
	"D01": {{"在交易中心或打印店的公用电脑上制作、上传", "made or sent from a public machine of the centre or a shop"}, {"软件厂商写入的默认值", "a default that the software's maker wrote"}},
	"D03": {{"使用招标人或造价咨询单位统一下发的文件", "the file of the tenderer or the consultant was used"}, {"租用同一造价人员的软件", "the software of one and the same estimator was hired"}},
	"D04": {{"同一园区、运营商的公共出口地址", "the public address of a park or a carrier"}, {"在交易中心现场上传", "uploaded at the centre"}},
	"D08": {{"通过保证保险、统一归集账户缴纳", "paid by an insurer or through a collective account"}, {"集团内依法分别投标的独立法人由财务公司代付", "a finance company paid for independent companies of one group"}},
	"F01": {{"报价依据同一公开清单和费率计算", "the prices follow one published list and rate"}, {"投标人少，规律出于偶然", "with few bids a series may come by chance"}},
	"F03": {{"价格由政府指导价或信息价决定，可竞争部分很少", "the price is mostly given by published rates, and little is left to compete on"}, {"限价与成本之间空间很小", "there is little room between cost and control price"}},
	"F04": {{"最高限价编制偏低，接近成本", "the control price was set near cost"}, {"中标人有剩余设备或材料，可低价完成", "the winner has machines or material to spare"}},
	"F05": {{"投标人按限价统一下浮取整", "bidders reduce the control price by round shares"}, {"小额项目报价习惯取整", "small works are priced in round sums"}},
	"F06": {{"实际基准价计算方法与推定的平均值不同", "the documents' benchmark is not the plain mean that is assumed"}, {"关联线索来自公用设备", "the link comes from a public machine"}},
	"K01": {{"交易系统网络或接口故障", "the sending system's network or connection failed"}, {"补报历史数据", "older data were sent later"}},
	"K02": {{"环节依法不需要，或在其他系统办理", "the stage is not needed by law, or was done in another system"}, {"数据已产生，尚未报送", "the data exist and were not sent yet"}},
	"K04": {{"日期填报错误", "a date was filled in wrongly"}, {"补录时填写的是录入日期", "the day of entry was filled in"}},
	"K06": {{"新旧代码更替期间", "old and new codes were both in use"}, {"录入错误", "a slip of the pen"}},
	"K07": {{"金额确实悬殊（如单价合同）", "the amounts really differ, as with a contract by unit prices"}, {"单位字段填报错误", "the field of the unit was filled in wrongly"}},
	"K09": {{"更正公告尚未报送", "a corrected notice was not sent yet"}, {"同一时间的不同写法", "the same time written in another way"}},
}

// Guidance is what an indicator asks and what to think of when it has fired.
type Guidance struct {
	Info
	AdviceZH string      `json:"advice_zh"` // what to look at first
	AdviceEN string      `json:"advice_en"`
	Innocent [][2]string `json:"innocent"` // what often explains it, Chinese and English
}

// Guide returns the guidance of an indicator; false when there is none of that id.
func Guide(id string) (Guidance, bool) {
	for _, r := range Rules() {
		if info := r.Info(); info.ID == id {
			return Guidance{info, advice[id][0], advice[id][1], slices.Clone(innocent[id])}, true
		}
	}
	return Guidance{}, false
}

// Peers returns the group of an edition with which a docket is compared by an
// indicator; false when it measures none, or too few.
func (e *Edition) Peers(indicator string, d *docket.Docket) (Group, bool) {
	if e == nil {
		return Group{}, false
	}
	return e.group(indicator, d)
}

// Named returns the lines of settings that a finding names (Finding.Settings),
// those that are still there.
func (s *Settings) Named(name string) []Setting {
	var out []Setting
	for _, l := range s.lines {
		for part := range strings.SplitSeq(name, "+") {
			if part == l.ID+"@"+l.Date.String() {
				out = append(out, l)
			}
		}
	}
	return out
}
