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
	"A12": {{"检验、检测、鉴定、专家评审所需时间依法不计入", "the time of tests and expert reviews does not count"}, {"已依法不予受理并告知，日期未报送", "the complaint was turned down and this was said, and the day was not sent"}},
	"A13": {{"合同已订立，报送较晚", "the contract was signed and sent late"}, {"中标人放弃、投诉处理期间依法暂停", "the winner withdrew, or a complaint suspended it"}},
	"A14": {{"估算价或保证金单位填错（元、万元）", "the estimate or the deposit was filled in with the wrong unit"}, {"退款已办理，凭证未报送", "the refund was made and its receipt not sent"}},
	"A15": {{"实行告知承诺或网上自动备案，记录时间较晚", "filing is by promise or automatic, and was recorded later"}, {"备案时间填为归档时间", "the time of archiving was filled in as that of the filing"}},
	"A16": {{"公告先在法定媒体发布，平台记录较晚", "the notice stood in the official medium first"}, {"法律规定的例外情形", "an exception of the law"}},
	"A17": {{"公告期限依据为其他规定", "the term follows another provision"}, {"延期公告未报送", "a prolongation was not sent"}},
	"A18": {{"报警已处理，未更新标记", "the alert was handled and its mark not changed"}, {"处理期间依法暂停", "the handling was suspended by law"}},
	"B03": {{"各标段专业不同，依法可分别发包", "the sections are of different trades and may be let apart"}, {"各标段均已依法公开招标", "all sections were tendered openly"}},
	"B02": {{"依法可不进行招标或者采购的合同", "a contract that the law lets be made without a trade"}, {"交易数据以另一编号报送", "the trade was sent under another code"}},
	"B04": {{"其余投资为征地、设备等依法另行采购的内容", "the rest is for land or equipment that is bought apart"}, {"总投资为多个子项目合计", "the investment is that of several projects together"}},
	"B06": {{"批准文件在其他系统办理，未报送", "the approval was given in another system and not sent"}, {"依法可不经批准的情形", "a case in which no approval is needed"}},
	"B07": {{"系统接入前已完成的交易", "the trade was over before the system was connected"}, {"系统故障后补报", "sent after a fault of the system"}},
	"B08": {{"估算价由概算据实得出", "the estimate follows from the budget as it is"}, {"按定额下浮后的结果", "the result of a usual reduction"}},
	"C01": {{"条款由行业强制性规定要求", "a binding rule of the trade asks for it"}, {"文字出现在示例或法律引用中", "the words stand in an example or in a law that is quoted"}},
	"C02": {{"技术复杂、依法可提高技术权重", "the work is complex and a higher weight is allowed"}, {"分值为各小项合计口径不同", "the points were added up in another way"}},
	"C03": {{"加分项依法设置（如节能产品），仅一家提供证明", "the extra points are of law, as for saving energy, and one alone brought the proof"}, {"其他分为系统合计项", "the other points are a sum of the system's"}},
	"C04": {{"售价含图纸、样品成本", "the price includes drawings or samples"}, {"售价单位填报错误", "the unit of the price was filled in wrongly"}},
	"D01": {{"在交易中心或打印店的公用电脑上制作、上传", "made or sent from a public machine of the centre or a shop"}, {"软件厂商写入的默认值", "a default that the software's maker wrote"}},
	"D02": {{"在招标人下发的模板文件上编制", "the files were made upon the tenderer's own template"}, {"制作工具写入的默认标识", "a default that the tool writes"}},
	"D03": {{"使用招标人或造价咨询单位统一下发的文件", "the file of the tenderer or the consultant was used"}, {"租用同一造价人员的软件", "the software of one and the same estimator was hired"}},
	"D04": {{"同一园区、运营商的公共出口地址", "the public address of a park or a carrier"}, {"在交易中心现场上传", "uploaded at the centre"}},
	"D05": {{"在交易中心大厅集中解密", "decrypted together in the centre's hall"}, {"同一园区、运营商的公共出口地址", "the public address of a park or a carrier"}},
	"D06": {{"同一园区、运营商的公共出口地址", "the public address of a park or a carrier"}, {"由代理机构或打印店代为下载", "an agency or a shop fetched the documents for them"}},
	"D07": {{"同名不同人", "two people of one name"}, {"委托同一代办机构购买文件", "one service was asked to buy the documents"}},
	"D08": {{"通过保证保险、统一归集账户缴纳", "paid by an insurer or through a collective account"}, {"集团内依法分别投标的独立法人由财务公司代付", "a finance company paid for independent companies of one group"}},
	"D09": {{"同名不同人，或证书编号填报错误", "two people of one name, or a slip in the number"}, {"人员已变更注册单位，旧投标文件未更新", "the person had moved to another firm, and one bid was not brought up to date"}},
	"D10": {{"办公时间开始或系统恢复后集中上传", "all sent when the office opened or the system came back"}, {"偶然", "chance"}},
	"D11": {{"委托同一咨询机构编制投标文件", "one consultant wrote the bids of both"}, {"二手设备、软件转让，或人员带机换单位", "a machine or licence was sold on, or moved with its user"}},
	"D12": {{"在招标人下发的格式文件或公用模板上编制", "made upon a form of the tenderer's or a common template"}, {"同一打印店、代办机构依法受托制作", "one shop or service was lawfully asked to make the files"}},
	"E01": {{"引用未列入比对的规范、标准施工组织设计", "both quote a code or a standard method that was not taken out"}, {"分别购买同一资料软件的范本", "both bought the same collection of model texts"}},
	"E02": {{"招标人下发的清单或计价软件本身有误", "the tenderer's own bill or the software carried the errors"}, {"合价按不同取舍位数计算", "the amounts are rounded in another way"}},
	"E03": {{"错字、图片来自同一公开资料", "the slip or the picture comes from one public source"}, {"同一供应商、检测机构的联系方式或证书图片", "the contact or certificate of one supplier or laboratory"}},
	"E04": {{"业绩、获奖或合作证明中如实提及", "the other is named truthfully in a record of works or an award"}, {"同名单位", "another body of the same name"}},
	"F01": {{"报价依据同一公开清单和费率计算", "the prices follow one published list and rate"}, {"投标人少，规律出于偶然", "with few bids a series may come by chance"}},
	"G01": {{"同一专业、同等资质的企业本来就少，常在同类项目中相遇", "few firms have the trade and the qualification, and meet wherever it is asked for"}, {"入围名单、资格预审使同一批企业反复同场", "a framework list or prequalification brings the same firms together"}, {"几家位于同一县区，只在当地投标", "they are of one county and bid only there"}},
	"G02": {{"新进入市场、以投标积累经验的企业", "a newcomer that learns by bidding"}, {"报价偏高或资质偏弱，正常落选", "too dear or too weak, and rightly not chosen"}},
	"G03": {{"技术、成本确有优势", "better or cheaper indeed"}, {"专业性强、竞争者少，只投有把握的项目", "a special field with few rivals, or bids only where it is sure"}},
	"G04": {{"框架协议、后续维护等依法由原单位承担", "a framework, or follow-up work that lawfully goes to the same firm"}, {"当地合格企业少，或项目类型单一、与该企业专长一致", "few firms qualify there, or the buyer tenders one kind of work, the firm's own"}},
	"G07": {{"第一候选人因不可抗力或资格变化依法放弃", "the first candidate gave up lawfully"}, {"招标人依法从候选人中选择", "the rules let the tenderer choose among the candidates"}},
	"G08": {{"文件免费下载，许多单位仅了解情况", "the documents are free, and many only look"}, {"项目吸引力不足", "the work attracted few"}},
	"G09": {{"限制已解除，标记未更新", "the listing was lifted and its mark not changed"}, {"同名单位", "another body of the same name"}},
	"H01": {{"评委对技术方案认识不同，已作说明", "the expert judges the technique differently and gave reasons"}, {"评分表录入错误", "a slip in the sheet of scores"}},
	"H02": {{"评委对证明材料的有效性判断不同，已复核更正", "the experts judged a proof differently, and this was corrected"}, {"资格分含主观内容", "the points for qualification include a judgement"}},
	"H03": {{"该专业专家少，抽中概率高", "few experts of the trade, so that the draw often hits the same"}, {"同名专家并非同一人", "two experts of one name"}},
	"H05": {{"投标文件少、评审内容简单", "there were few bids and little to judge"}, {"签到设备时间不准", "the clock of the sign-in was wrong"}},
	"H06": {{"该专业专家少，抽中概率高", "few experts of the trade, so that the draw often hits the same"}, {"同名专家并非同一人", "two experts of one name"}},
	"H07": {{"其他投标人因资格或响应问题得分低", "the others lost points for what they lacked"}, {"价格分公式拉开差距", "the formula for price points spreads far"}},
	"H08": {{"经批准的见证、维修人员，事由未录入", "a witness or a technician with leave, the reason not entered"}, {"姓名录入与评委名单写法不同", "the name is written in another way than in the list"}},
	"I01": {{"因投标人不足依法重新招标", "held again because too few came, as the law orders"}, {"图纸变更等客观原因", "an outside reason such as changed drawings"}},
	"I02": {{"投标文件普遍存在同一实质性缺陷", "many bids had one and the same defect"}, {"资格后审集中否决", "all rejections fell to the qualification after the opening"}},
	"I03": {{"项目竞争激烈、社会关注度高", "its tenders are much contested and watched"}, {"少数投标人反复提出相同异议", "a few bidders object to everything"}},
	"I04": {{"项目专业性强或金额小，愿意投标的企业少", "special or small works that few want"}, {"地处偏远", "far away"}},
	"I05": {{"异议、投诉处理期间依法暂停", "suspended while objections or complaints were handled"}, {"定标日期填报错误", "the day of the decision was filled in wrongly"}},
	"I06": {{"专业性强、供应商有限", "a special field with few suppliers"}, {"同期同类项目较多", "many alike at the same time"}},
	"I07": {{"问题已纠正，不影响结果", "the fault was put right and did not touch the result"}, {"投诉属实的部分与本标段无关", "the justified part is of another lot"}},
	"I08": {{"其他投标确有重大偏差", "the other bids really had grave defects"}, {"已依法认定仍具有竞争性", "it was found, as the law asks, that there was still competition"}},
	"I09": {{"报价低于成本且未能说明", "below cost, and no explanation came"}, {"该投标因资格等其他理由被否决", "rejected for another reason, such as qualification"}},
	"I10": {{"控制价后经澄清调整", "the highest price was changed by a clarification"}, {"报价为含税口径不同", "one of the amounts is with tax"}},
	"I11": {{"理由在评标报告附件中", "the reason stands in an annex of the report"}, {"字段未启用", "the system does not use the field"}},
	"J01": {{"依法签订补充协议后报送", "what was sent is the contract with its supplement"}, {"金额口径不同（暂列金、税）", "the amounts include different things, such as tax"}},
	"J02": {{"经批准的地质、设计变更", "approved changes of ground or design"}, {"价格调整依合同约定", "the price was adjusted as the contract says"}},
	"J03": {{"工程量据实结算", "settled by measured quantities"}, {"材料价差按约定调整", "prices of material were adjusted as agreed"}},
	"J04": {{"材料设备款按约定提前支付", "material was paid in advance as agreed"}, {"进度填报滞后", "the progress was filled in late"}},
	"J05": {{"专业工程依法分包并经同意", "special works were subcontracted with consent"}, {"文字为合同禁止性条款", "the words are a clause that forbids it"}},
	"J06": {{"依法依规的正常变更", "changes as rules allow"}, {"同一变更分次报送", "one change was sent in parts"}},
	"J07": {{"因征地、天气等非承包人原因延期", "delayed by land or weather, not by the contractor"}, {"期限变更未报送", "a change of the term was not sent"}},
	"J08": {{"含质保金、奖励或其他合同款", "it includes retention, a bonus or another contract"}, {"补充协议未报送", "a supplement was not sent"}},
	"F02": {{"依据同一信息价、定额和取费计价", "priced by the same published rates and fees"}, {"材料由同一供应商报价", "one supplier quoted for both"}},
	"F03": {{"价格由政府指导价或信息价决定，可竞争部分很少", "the price is mostly given by published rates, and little is left to compete on"}, {"限价与成本之间空间很小", "there is little room between cost and control price"}},
	"F04": {{"最高限价编制偏低，接近成本", "the control price was set near cost"}, {"中标人有剩余设备或材料，可低价完成", "the winner has machines or material to spare"}},
	"F05": {{"投标人按限价统一下浮取整", "bidders reduce the control price by round shares"}, {"小额项目报价习惯取整", "small works are priced in round sums"}},
	"F06": {{"实际基准价计算方法与推定的平均值不同", "the documents' benchmark is not the plain mean that is assumed"}, {"关联线索来自公用设备", "the link comes from a public machine"}},
	"F07": {{"报价形态相似属偶然，评分只说明与查实案件的相似程度", "prices may look alike by chance: the score tells likeness to confirmed cases and nothing else"}, {"查实案件来自另一类项目或评标办法", "the confirmed cases were of another kind of works or award method"}},
	"K01": {{"交易系统网络或接口故障", "the sending system's network or connection failed"}, {"补报历史数据", "older data were sent later"}},
	"K02": {{"环节依法不需要，或在其他系统办理", "the stage is not needed by law, or was done in another system"}, {"数据已产生，尚未报送", "the data exist and were not sent yet"}},
	"K03": {{"更正录入错误，不影响公开内容", "a slip was put right that does not touch what was published"}, {"系统升级批量更新", "a batch update of the system"}},
	"K04": {{"日期填报错误", "a date was filled in wrongly"}, {"补录时填写的是录入日期", "the day of entry was filled in"}},
	"K05": {{"更换主键后重新报送，旧数据未删除", "sent again under a new key, the old one not deleted"}, {"同内容的分批业务", "two things that are really alike"}},
	"K06": {{"新旧代码更替期间", "old and new codes were both in use"}, {"录入错误", "a slip of the pen"}},
	"K07": {{"金额确实悬殊（如单价合同）", "the amounts really differ, as with a contract by unit prices"}, {"单位字段填报错误", "the field of the unit was filled in wrongly"}},
	"K09": {{"更正公告尚未报送", "a corrected notice was not sent yet"}, {"同一时间的不同写法", "the same time written in another way"}},
}

// Guidance is what an indicator asks and what to think of when it has fired.
type Guidance struct {
	Info
	About
	Classes  []string    `json:"classes"`   // of trade, by the default settings
	AdviceZH string      `json:"advice_zh"` // what to look at first
	AdviceEN string      `json:"advice_en"`
	Innocent [][2]string `json:"innocent"` // what often explains it, Chinese and English
}

// Guide returns the guidance of an indicator; false when there is none of that id.
func Guide(id string) (Guidance, bool) {
	for _, r := range Rules() {
		if info := r.Info(); info.ID == id {
			about := abouts[id]
			about.Cause = CauseOf(id)
			return Guidance{info, about, classesOf(id), advice[id][0], advice[id][1], slices.Clone(innocent[id])}, true
		}
	}
	return Guidance{}, false
}

// Peers returns the group of an edition with which a lot is compared by an
// indicator; false when it measures none, or too few.
func (e *Edition) Peers(indicator string, d *docket.Docket, lot string) (Group, bool) {
	if e == nil {
		return Group{}, false
	}
	return e.group(indicator, d, lot)
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
