package detect

// advice says what a person may look at first when an indicator has fired; it
// ends the sentence of every fired finding, in Chinese and English.
var advice = map[string][2]string{
	"A01": {"公告及更正公告载明的文件获取起止时间，是否另行延长发售", "the times of issue in the notice and its corrections, and whether the issue was prolonged elsewhere"},
	"A02": {"首次公告载明的截止时间，是否有潜在投标人因此放弃", "the deadline as first announced, and whether somebody stayed away because of it"},
	"A03": {"澄清内容是否影响投标文件编制，是否另有顺延公告", "whether the clarification affects how bids are made, and whether the deadline was put off elsewhere"},
	"A04": {"开标记录与现场音视频的时间，截止时间是否另有变更公告", "the opening record beside the recording, and whether the deadline was changed elsewhere"},
	"A05": {"开标记录、投标人签到，是否依法终止开标并重新招标", "the opening record and who signed in, and whether the opening was ended and the tender repeated"},
	"A06": {"上传日志与服务器时间，是否属系统故障延时，是否已拒收", "the log of upload and the server's clock, whether the system had failed, and whether the bid was refused"},
	"A07": {"专家抽取记录、评标报告签字页，是否有回避、补抽", "the record of the draw and the signatures of the report, and whether members were replaced"},
	"A08": {"评标报告的实际提交时间，公示是否在其他媒体发布", "when the report really came, and whether candidates were publicised elsewhere"},
	"A09": {"公示页面的起止时间，是否延长公示", "the times on the page of publicity, and whether it was prolonged"},
	"A10": {"公示起止时间、异议及答复的送达时间", "the times of publicity and when objection and answer were served"},
	"A11": {"异议的收悉日期与答复的送达日期，是否已暂停招投标活动", "when the objection was received and the answer served, and whether the tender was suspended"},
	"A13": {"合同是否已订立而未报送，未订立的原因", "whether a contract was signed and not reported, and if not, why"},
	"A16": {"采购公告、结果公告、合同公告的实际发布时间，质疑函与答复的送达日期", "when the notices of purchase, result and contract were really published, and when questions and answers were served"},
	"A17": {"公告、挂牌的实际起止时间，是否延长，期限的依据是否适用于该项交易", "when announcement and listing really began and ended, whether they were prolonged, and whether the term is the one of this trade"},
	"A14": {"招标文件保证金条款、估算价及单位，退款凭证", "the clause on the deposit, the estimate and its unit, the receipts of refunds"},
	"D01": {"投标文件制作与上传环境，是否场内设备或同一出租设备", "where the bids were made and sent from, and whether the machine was the centre's or a hired one"},
	"D03": {"计价软件购买与使用人，锁号是否来自招标人下发文件", "who bought and used the software, and whether the lock came with the tenderer's own file"},
	"D04": {"该地址的登记单位，是否公共出口、VPN 或同一园区网络", "to whom the address belongs, and whether many stand behind it"},
	"D08": {"银行回单的付款人，是否归集账户或代缴", "the payer on the bank's receipt, and whether it is a collective account"},
	"F01": {"报价组成与清单单价，是否有共同的报价来源", "how the prices are made up, and whether they have a common source"},
	"K01": {"报送系统的对接与时钟", "the sending system's connection and clock"},
	"K02": {"缺少的数据是否已产生而未报送", "whether the missing data exist and were not sent"},
	"K04": {"两个环节的原始文件日期，是否填报错误", "the dates on both original documents, and whether one was filled in wrongly"},
	"K06": {"营业执照、审批文件上的代码", "the code on the licence or the approval"},
	"K07": {"原始文件的金额与单位", "amount and unit on the original document"},
	"K09": {"公告、文件、更正公告载明的截止时间以何者为准", "which of the announcements holds"},
}
