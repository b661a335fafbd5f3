package trade

// A Class is a kind of trade (交易类别). Its value is stable and stored.
type Class string

// The classes of the policy.
const (
	Construction Class = "construction" // 工程建设
	Procurement  Class = "procurement"  // 政府采购
	Land         Class = "land"         // 土地使用权
	Mining       Class = "mining"       // 矿业权
	Property     Class = "property"     // 国有产权
	Environment  Class = "environment"  // 环境权
	Medicine     Class = "medicine"     // 药品
	OtherTrade   Class = "other"        // 其他
)

// The registers of the standard: data sets about bodies, experts, credit and
// supervision, which are no trade of their own.
const (
	BodyRegister   Class = "body"        // 主体
	ExpertRegister Class = "expert"      // 专家
	CreditRegister Class = "credit"      // 信用
	Supervision    Class = "supervision" // 监管
)

// Register reports whether c is one of the registers and no class of trade.
func (c Class) Register() bool {
	return c == BodyRegister || c == ExpertRegister || c == CreditRegister || c == Supervision
}

// A Stage is a part of a transaction's life, in the order of Stages.
type Stage string

// The stages.
const (
	StageApproval    Stage = "approval"    // 立项审批
	StageTender      Stage = "tender"      // 招标
	StageBid         Stage = "bid"         // 投标
	StageOpening     Stage = "opening"     // 开标
	StageEvaluation  Stage = "evaluation"  // 评标
	StageAward       Stage = "award"       // 定标
	StageContract    Stage = "contract"    // 合同
	StagePerformance Stage = "performance" // 履约
	StageRemedy      Stage = "remedy"      // 异议与投诉
)

// A Step is one act inside a stage.
type Step string

// The steps of a construction tender.
const (
	StepProject          Step = "project"          // 项目
	StepTenderProject    Step = "tender project"   // 招标项目
	StepLot              Step = "lot"              // 标段
	StepNotice           Step = "notice"           // 招标公告
	StepPrequalification Step = "prequalification" // 资格预审
	StepDocuments        Step = "documents"        // 招标文件
	StepClarification    Step = "clarification"    // 澄清与修改
	StepInvitation       Step = "invitation"       // 投标邀请
	StepBid              Step = "bid"              // 投标
	StepOpening          Step = "opening"          // 开标
	StepDraw             Step = "draw"             // 专家抽取
	StepEvaluation       Step = "evaluation"       // 评标
	StepPublicity        Step = "publicity"        // 中标候选人公示
	StepResult           Step = "result"           // 中标结果公告
	StepAwardNotice      Step = "award notice"     // 中标通知书
	StepContract         Step = "contract"         // 合同
	StepPerformance      Step = "performance"      // 履约
	StepObjection        Step = "objection"        // 异议
	StepComplaint        Step = "complaint"        // 投诉
	StepAbnormal         Step = "abnormal"         // 招标异常
	StepRegistration     Step = "registration"     // 登记
	StepSupervision      Step = "supervision"      // 行政监管
	StepAlert            Step = "alert"            // 报警
)

type words struct{ zh, en string }

var classWords = map[Class]words{
	Construction: {"工程建设", "construction"}, Procurement: {"政府采购", "government procurement"},
	Land: {"土地使用权", "land use rights"}, Mining: {"矿业权", "mining rights"}, Property: {"国有产权", "state-owned property"},
	BodyRegister: {"主体", "bodies"}, ExpertRegister: {"专家", "experts"}, CreditRegister: {"信用", "credit"}, Supervision: {"监管", "supervision"},
	Environment: {"环境权", "environmental rights"}, Medicine: {"药品", "medicine"}, OtherTrade: {"其他", "other"},
}

// Classes returns all classes, in the order of the standard's numbers.
func Classes() []Class {
	return []Class{Construction, Procurement, Land, Mining, Property, Environment, Medicine, OtherTrade}
}

// ZH returns the Chinese name; the value itself when the class is not known.
func (c Class) ZH() string { return pick(classWords[c].zh, string(c)) }

// EN returns the English name; the value itself when the class is not known.
func (c Class) EN() string { return pick(classWords[c].en, string(c)) }

var stageWords = map[Stage]words{
	StageApproval: {"立项审批", "approval"}, StageTender: {"招标", "tender"}, StageBid: {"投标", "bid"}, StageOpening: {"开标", "opening"},
	StageEvaluation: {"评标", "evaluation"}, StageAward: {"定标", "award"}, StageContract: {"合同", "contract"},
	StagePerformance: {"履约", "performance"}, StageRemedy: {"异议与投诉", "objection and complaint"},
}

// Stages returns all stages in the order of a transaction's life.
func Stages() []Stage {
	return []Stage{StageApproval, StageTender, StageBid, StageOpening, StageEvaluation, StageAward, StageContract, StagePerformance, StageRemedy}
}

// ZH returns the Chinese name; the value itself when the stage is not known.
func (s Stage) ZH() string { return pick(stageWords[s].zh, string(s)) }

// EN returns the English name; the value itself when the stage is not known.
func (s Stage) EN() string { return pick(stageWords[s].en, string(s)) }

var stepWords = map[Step]struct {
	zh    string
	stage Stage
}{
	StepProject: {"项目", StageApproval}, StepTenderProject: {"招标项目", StageTender}, StepLot: {"标段（包）", StageTender},
	StepNotice: {"招标公告", StageTender}, StepPrequalification: {"资格预审", StageTender}, StepDocuments: {"招标文件", StageTender},
	StepClarification: {"澄清与修改", StageTender}, StepInvitation: {"投标邀请", StageTender}, StepBid: {"投标", StageBid},
	StepOpening: {"开标", StageOpening}, StepDraw: {"专家抽取", StageEvaluation}, StepEvaluation: {"评标", StageEvaluation},
	StepPublicity: {"中标候选人公示", StageAward}, StepResult: {"中标结果公告", StageAward}, StepAwardNotice: {"中标通知书", StageAward},
	StepContract: {"合同", StageContract}, StepPerformance: {"履约", StagePerformance}, StepObjection: {"异议", StageRemedy},
	StepComplaint: {"投诉", StageRemedy}, StepAbnormal: {"招标异常", StageTender},
	StepRegistration: {"登记", StageAward}, StepSupervision: {"行政监管", StageRemedy}, StepAlert: {"报警", StageRemedy},
}

// ZH returns the Chinese name; the value itself when the step is not known.
func (s Step) ZH() string { return pick(stepWords[s].zh, string(s)) }

// Stage returns the stage a step belongs to; "" when the step is not known.
func (s Step) Stage() Stage { return stepWords[s].stage }

func pick(s, or string) string {
	if s != "" {
		return s
	}
	return or
}
