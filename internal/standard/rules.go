package standard

// A Rule is one rule that records are checked by. Its id is stable: it stands
// in answers, in statistics of quality and under /docs/rules.
type Rule struct {
	ID       string   // "S020"
	Severity Severity // default; the catalogue may turn a Defect into a Note and back, never a Refuse
	ZH, EN   string   // what must hold
	MendZH   string   // what to do when it does not
	MendEN   string
	WhyZH    string // why it is there, and why this severe
	WhyEN    string
	Source   string // where the rule comes from
}

// Rules returns the table of rules in the order of their ids. The slice is the
// caller's.
func Rules() []Rule { return append([]Rule(nil), ruleTable...) }

// RuleByID returns the rule with that id; ok is false when there is none.
func RuleByID(id string) (r Rule, ok bool) {
	if p := ruleByID[id]; p != nil {
		return *p, true
	}
	return Rule{}, false
}

var ruleByID = func() map[string]*Rule {
	m := make(map[string]*Rule, len(ruleTable))
	for i := range ruleTable {
		m[ruleTable[i].ID] = &ruleTable[i]
	}
	return m
}()

const (
	srcDesign   = "design, section 4"
	srcReceiver = "receivers' checks of the national standard (V2.0, 发改办法规〔2018〕1156号) as practised in Fujian"
	srcTables   = "tables of the national standard V2.0, as copied from Fujian"
	srcLedger   = "form of Mingjing's log"
)

var ruleTable = []Rule{
	{
		ID: "S001", Severity: Refuse, ZH: "记录应可解析", EN: "a record can be parsed",
		MendZH: "按接口说明修正报文格式后重新发送", MendEN: "put the form right as the interface says, and send again",
		WhyZH: "无法解析的内容无法命名，原始字节保留在隔离区", WhyEN: "what cannot be parsed cannot be named; its bytes stay in quarantine", Source: srcDesign + ", point 14",
	},
	{
		ID: "S002", Severity: Refuse, ZH: "数据集编号应在目录中", EN: "the data set is in the catalogue",
		MendZH: "使用目录中的数据集编号（如 507；扩展数据集为 9001 而非 FJ9001）", MendEN: "use a number of the catalogue (such as 507; the extensions are 9001, not FJ9001)",
		WhyZH: "不知道是什么数据，就不知道哪些内容需要封存", WhyEN: "what is not known cannot be sealed rightly", Source: srcDesign + ", point 14",
	},
	{
		ID: "S003", Severity: Refuse, ZH: "平台自身的数据集不接受外部报送", EN: "the platform's own data sets are not sent by others",
		MendZH: "不要报送该数据集", MendEN: "do not send this data set",
		WhyZH: "启封等事实由明镜自己记录", WhyEN: "facts such as a release are recorded by Mingjing itself", Source: srcDesign + ", points 5 and 15",
	},
	{
		ID: "S004", Severity: Refuse, ZH: "记录键必填，不超过 200 个字符", EN: "the key is given and has at most 200 characters",
		MendZH: "填写本系统内该行数据的唯一键（key，即 DATA_KEY）", MendEN: "give the row's own key in your system (key, the DATA_KEY of the envelope)",
		WhyZH: "没有键就无法与以后的变更、删除对应", WhyEN: "without a key no later change or deletion can find the row", Source: srcDesign + ", point 1",
	},
	{
		ID: "S005", Severity: Refuse, ZH: "版本号必填，不超过 64 个字符", EN: "the revision is given and has at most 64 characters",
		MendZH: "填写 revision：数据时间戳 DATA_TIMESTAMP 或递增序号", MendEN: "give a revision: the DATA_TIMESTAMP or a counter",
		WhyZH: "版本先后以此为准，不以到达先后为准", WhyEN: "versions are ordered by it, never by arrival", Source: srcDesign + ", point 1",
	},
	{
		ID: "S006", Severity: Refuse, ZH: "交易系统标识码应属于报送方", EN: "the platform code belongs to the sender",
		MendZH: "使用已登记的交易系统标识码，或先向省公管办登记", MendEN: "use a platform code that is registered for you, or have it registered by the province's office first",
		WhyZH: "只有数据的所有者才能新增、变更、删除", WhyEN: "only its owner may add, change or delete a row", Source: srcReceiver,
	},
	{
		ID: "S007", Severity: Refuse, ZH: "操作类型应为 insert、update 或 delete", EN: "the operation is insert, update or delete",
		MendZH: "JSON 用 insert、update、delete；XML 的 DATA_TYPE 用 1、2、3", MendEN: "use insert, update, delete in JSON; 1, 2, 3 as DATA_TYPE in XML",
		WhyZH: "不知道操作就不知道这一版本的含义", WhyEN: "without it the version has no meaning", Source: srcReceiver,
	},
	{
		ID: "S008", Severity: Refuse, ZH: "文本应为有效的 UTF-8，且不含空字符", EN: "text is valid UTF-8 without NUL",
		MendZH: "检查编码转换，去掉空字符（\\u0000）", MendEN: "check the conversion of character sets, take out NUL (\\u0000)",
		WhyZH: "数据库与摘要无法一致地保存这样的文本", WhyEN: "no database and no digest keeps such text alike", Source: srcLedger,
	},
	{
		ID: "S009", Severity: Refuse, ZH: "字段名不能为空、不能以 @ 开头、不超过 100 个字符", EN: "a field's name is not empty, does not begin with @ and has at most 100 characters",
		MendZH: "使用标准中的字段名", MendEN: "use the standard's field names",
		WhyZH: "以 @ 开头的名称是日志自身的字段（如接收时间），不能由报送方填写", WhyEN: "names beginning with @ are the log's own, such as the time of receipt, and nobody else's to write", Source: srcLedger,
	},
	{
		ID: "S010", Severity: Defect, ZH: "版本号应为数据时间戳（yyyyMMddHHmmss）或数字序号", EN: "the revision is a time stamp (yyyyMMddHHmmss) or a counter of digits",
		MendZH: "使用 14 位真实时间或纯数字序号", MendEN: "use a real time of 14 digits or a plain counter",
		WhyZH: "非数字的版本号只能按文本排序", WhyEN: "a revision that is no number can be ordered as text only", Source: srcDesign + ", point 1",
	},
	{
		ID: "S011", Severity: Defect, ZH: "版本号为时间戳时应与 DATA_TIMESTAMP 一致", EN: "a revision that is a time stamp equals DATA_TIMESTAMP",
		MendZH: "两处填写同一时间戳", MendEN: "give the same time stamp in both places",
		WhyZH: "两者不一致时无法判断哪一个是版本", WhyEN: "when they differ nobody knows which one is the version", Source: srcTables,
	},
	{
		ID: "S012", Severity: Defect, ZH: "PLATFORM_CODE 应与报送的交易系统标识码一致", EN: "PLATFORM_CODE equals the platform code of the batch",
		MendZH: "填写本交易系统的标识码", MendEN: "give the code of your own trading system",
		WhyZH: "数据归属以批次为准，字段不一致说明取值有误", WhyEN: "the batch tells whose row it is; a different field is a wrong value", Source: srcTables,
	},
	{
		ID: "S013", Severity: Defect, ZH: "发生时间应为带时区的 RFC 3339 时间", EN: "occurred is an RFC 3339 time with its zone",
		MendZH: "如 2018-03-01T09:30:00+08:00", MendEN: "such as 2018-03-01T09:30:00+08:00",
		WhyZH: "及时性按发生时间计算", WhyEN: "timeliness is counted from it", Source: srcDesign + ", point 10",
	},
	{
		ID: "S014", Severity: Defect, ZH: "发生时间不应晚于接收时间（容差 5 分钟）", EN: "occurred is not later than the receipt (5 minutes allowed)",
		MendZH: "校准系统时钟；只报送已经发生的事项", MendEN: "set the clock; send only what has happened",
		WhyZH: "尚未发生的事项不能报送为已发生", WhyEN: "what has not happened cannot be reported as happened", Source: srcDesign + ", point 13",
	},
	{
		ID: "S015", Severity: Note, ZH: "数据集应属于报送方登记的标准版本", EN: "the data set belongs to the version of the standard that the source registered",
		MendZH: "请省公管办更新登记的标准版本", MendEN: "have the province's office register the version you use",
		WhyZH: "仅作统计：扩展数据集常与国家标准同时报送", WhyEN: "counted only: extension sets come with the nation's as a rule", Source: srcDesign + ", point 14",
	},
	{
		ID: "S016", Severity: Note, ZH: "字段应在数据集目录中", EN: "the field is in the data set",
		MendZH: "对照目录检查字段名拼写；自有字段可以保留", MendEN: "compare the spelling with the catalogue; fields of your own may stay",
		WhyZH: "目录之外的字段照收，不公开", WhyEN: "fields outside the catalogue are kept and stay closed", Source: srcDesign + ", point 14",
	},
	{
		ID: "S020", Severity: Defect, ZH: "必填字段不能为空", EN: "a required field is given",
		MendZH: "补充该字段后以 update 重新报送", MendEN: "fill it in and send again as update",
		WhyZH: "完整性", WhyEN: "completeness", Source: srcTables,
	},
	{
		ID: "S021", Severity: Defect, ZH: "定长字段应为规定的字符数", EN: "a field of fixed length has exactly its characters",
		MendZH: "按规定长度填写；多个值以 ; 分隔", MendEN: "give exactly that many characters; separate several values by ;",
		WhyZH: "规范性；按字符计，不按字节计", WhyEN: "conformity; characters are counted, not bytes", Source: srcTables,
	},
	{
		ID: "S022", Severity: Defect, ZH: "文本不应超过最大字符数", EN: "text has at most its greatest number of characters",
		MendZH: "缩短文本，或把长文本放入正文字段", MendEN: "shorten it, or move long text to the field for contents",
		WhyZH: "规范性；按字符计，不按字节计", WhyEN: "conformity; characters are counted, not bytes", Source: srcTables,
	},
	{
		ID: "S023", Severity: Defect, ZH: "数字字段应为十进制数", EN: "a number is a plain decimal number",
		MendZH: "只填数字和小数点，不加单位、千分位和指数", MendEN: "digits and a point only: no unit, no separators, no exponent",
		WhyZH: "不是数字就无法计算", WhyEN: "what is no number cannot be counted with", Source: srcTables,
	},
	{
		ID: "S024", Severity: Defect, ZH: "数字的整数位和小数位不应超过规定", EN: "a number has at most its digits before and after the point",
		MendZH: "检查金额单位；按规定位数填写", MendEN: "check the unit; keep to the digits of the format",
		WhyZH: "规范性", WhyEN: "conformity", Source: srcTables,
	},
	{
		ID: "S025", Severity: Defect, ZH: "日期应为 yyyyMMdd 或 yyyyMMddHHmmss", EN: "a date has the form yyyyMMdd or yyyyMMddHHmmss",
		MendZH: "按该字段的格式填写纯数字", MendEN: "give digits only, in the field's own form",
		WhyZH: "规范性", WhyEN: "conformity", Source: srcTables,
	},
	{
		ID: "S026", Severity: Defect, ZH: "日期应真实存在", EN: "a date is one of the calendar",
		MendZH: "检查年、月、日、时、分、秒", MendEN: "check year, month, day, hour, minute, second",
		WhyZH: "不存在的日期（如 0230）无法计算期限", WhyEN: "no period can be counted from a date that is not there", Source: srcTables,
	},
	{
		ID: "S027", Severity: Defect, ZH: "代码应在代码集中", EN: "a code is in its list",
		MendZH: "使用代码集中的值；没有列出值的代码集只检查形式", MendEN: "use a value of the list; where no values are known only the shape is checked",
		WhyZH: "规范性", WhyEN: "conformity", Source: srcTables,
	},
	{
		ID: "S030", Severity: Defect, ZH: "行政区划代码应存在且在当时有效", EN: "a region code exists and was in force at the time",
		MendZH: "使用事项发生时有效的 GB/T 2260 代码", MendEN: "use the GB/T 2260 code in force when it happened",
		WhyZH: "监管管辖按行政区划确定；区划会撤并", WhyEN: "the region decides who supervises; regions are merged and renamed", Source: "GB/T 2260",
	},
	{
		ID: "S031", Severity: Note, ZH: "统一社会信用代码应符合 GB 32100-2015", EN: "a 统一社会信用代码 follows GB 32100-2015",
		MendZH: "与营业执照核对；确有其码时可以保留", MendEN: "compare with the licence; keep it when it is really so",
		WhyZH: "仅作质量统计：真实主体的代码也有不符合校验码的", WhyEN: "counted only: codes of real bodies fail the check digit too", Source: "GB 32100-2015",
	},
	{
		ID: "S032", Severity: Defect, ZH: "投资项目统一代码应为 4-6-2-2-6 结构", EN: "an investment project code has the structure 4-6-2-2-6",
		MendZH: "填写投资项目在线审批监管平台赋予的 24 位代码", MendEN: "give the 24 characters assigned by the investment approval platform",
		WhyZH: "与审批信息关联", WhyEN: "it joins the trade to its approval", Source: "全国投资项目在线审批监管平台",
	},
	{
		ID: "S033", Severity: Defect, ZH: "统一交易标识码应为 3-18-8-6-1 结构", EN: "a unified deal code has the structure 3-18-8-6-1",
		MendZH: "按 交易分类-统一社会信用代码-日期-流水-校验位 填写", MendEN: "give class-organisation-date-serial-check",
		WhyZH: "检查结构、日期和内嵌的统一社会信用代码；末位校验码不检查，因为已知的真实代码都不符合公布的算法", WhyEN: "structure, date and embedded organisation are checked; not the last character, as no real code known satisfies the published rule", Source: srcTables,
	},
	{
		ID: "S034", Severity: Note, ZH: "项目编号应为字母+6 位区划+10 位", EN: "a project code is a letter, a region of six digits and ten more",
		MendZH: "检查项目编号", MendEN: "check the project code",
		WhyZH: "仅作统计：真实编号形式不一；长度另按 S021 检查", WhyEN: "counted only: real codes vary; the length is S021's", Source: srcTables,
	},
	{
		ID: "S035", Severity: Note, ZH: "招标项目编号应为字母+6 位区划开头的数字与大写字母", EN: "a tender project code begins with a letter and a region and has digits and capital letters only",
		MendZH: "检查招标项目编号", MendEN: "check the tender project code",
		WhyZH: "仅作统计：真实编号形式不一；长度另按 S021 检查", WhyEN: "counted only: real codes vary; the length is S021's", Source: srcTables,
	},
	{
		ID: "S036", Severity: Note, ZH: "招标项目编号应以项目编号开头", EN: "a tender project code begins with its project's code",
		MendZH: "检查两个编号是否属于同一项目", MendEN: "check that both codes are of the same project",
		WhyZH: "仅作统计：真实编号形式不一", WhyEN: "counted only: real codes vary", Source: srcTables,
	},
	{
		ID: "S037", Severity: Note, ZH: "标段（包）编号应为字母+6 位区划开头的数字与大写字母", EN: "a section code begins with a letter and a region and has digits and capital letters only",
		MendZH: "检查标段（包）编号", MendEN: "check the section code",
		WhyZH: "仅作统计：真实编号形式不一；长度另按 S021 检查", WhyEN: "counted only: real codes vary; the length is S021's", Source: srcTables,
	},
	{
		ID: "S038", Severity: Defect, ZH: "标段（包）编号应以招标项目编号开头", EN: "a section code begins with its tender project's code",
		MendZH: "检查标段是否属于该招标项目", MendEN: "check that the section is of this tender project",
		WhyZH: "关联性：标段挂错招标项目会打开错误的档案", WhyEN: "a section under the wrong tender opens the wrong file", Source: srcTables,
	},
	{
		ID: "S039", Severity: Note, ZH: "公民身份号码应符合 GB 11643", EN: "an ID number follows GB 11643",
		MendZH: "与证件核对；其他证件按证件类型填写", MendEN: "compare with the document; for other documents give their type",
		WhyZH: "仅作质量统计；不显示号码", WhyEN: "counted only; the number is never shown", Source: "GB 11643-1999",
	},
	{
		ID: "S040", Severity: Defect, ZH: "金额换算后不应超过 30 亿元", EN: "an amount is not above 3 billion yuan after its unit",
		MendZH: "检查金额单位（0 元，1 万元）；确有其事时请保留", MendEN: "check the unit (0 yuan, 1 ten thousand yuan); keep it when it is really so",
		WhyZH: "多为元与万元之误；真实的大额项目照收", WhyEN: "mostly a slip of 元 and 万元; a real giant is accepted", Source: srcReceiver,
	},
	{
		ID: "S041", Severity: Defect, ZH: "填写金额时应填写单位", EN: "an amount comes with its unit",
		MendZH: "填写单位字段：0 元，1 万元", MendEN: "give the unit field: 0 yuan, 1 ten thousand yuan",
		WhyZH: "没有单位的金额可能相差一万倍", WhyEN: "without it the amount may be wrong by ten thousand", Source: srcReceiver,
	},
	{
		ID: "S042", Severity: Defect, ZH: "固定资产投资项目应填写投资项目统一代码", EN: "a fixed-asset investment has its investment project code",
		MendZH: "RELATE_CODE 为 1 时填写 INVEST_PROJECT_CODE", MendEN: "give INVEST_PROJECT_CODE when RELATE_CODE is 1",
		WhyZH: "与审批信息关联", WhyEN: "it joins the trade to its approval", Source: srcReceiver,
	},
	{
		ID: "S043", Severity: Defect, ZH: "同一记录内的金额比例应合理", EN: "amounts inside a record are in proportion",
		MendZH: "检查两个金额的单位", MendEN: "check the units of both amounts",
		WhyZH: "比例失常多为元与万元之误", WhyEN: "a strange proportion mostly is a slip of 元 and 万元", Source: srcReceiver,
	},
	{
		ID: "S044", Severity: Defect, ZH: "延期时应填写新的开标时间和地点", EN: "a postponement gives the new opening time and place",
		MendZH: "补充 POST_OPEN_TIME 和 POST_OPEN_ADDRESS", MendEN: "give POST_OPEN_TIME and POST_OPEN_ADDRESS",
		WhyZH: "没有新的时间，标段不会启封", WhyEN: "without a new time the lot does not open", Source: srcReceiver,
	},
	{
		ID: "S045", Severity: Defect, ZH: "委托招标时应填写招标代理机构", EN: "a tender through an agency names the agency",
		MendZH: "补充招标代理机构名称、代码等", MendEN: "give name and code of the agency",
		WhyZH: "自行招标的除外", WhyEN: "a tenderer who runs it himself has none", Source: srcReceiver,
	},
	{
		ID: "S046", Severity: Defect, ZH: "价款形式与价款字段应对应", EN: "the form of the price goes with the field that holds it",
		MendZH: "形式为 1 时填写金额，为 2、3、9 时填写费率或其他形式的价款", MendEN: "give the amount when the form is 1, the other field when it is 2, 3 or 9",
		WhyZH: "完整性", WhyEN: "completeness", Source: srcTables,
	},
	{
		ID: "S047", Severity: Defect, ZH: "同一记录内的时间先后应合理", EN: "times inside a record follow each other",
		MendZH: "检查两个时间", MendEN: "check both times",
		WhyZH: "如获取文件的截止时间不应晚于投标截止时间", WhyEN: "such as: the end of issue is not after the deadline for bids", Source: srcReceiver,
	},
	{
		ID: "S048", Severity: Defect, ZH: "金额不应为负", EN: "an amount is not negative",
		MendZH: "检查金额", MendEN: "check the amount",
		WhyZH: "规范性", WhyEN: "conformity", Source: srcReceiver,
	},
	{
		ID: "S049", Severity: Note, ZH: "标段（包）数量应与所列编号个数一致", EN: "the number of sections equals the codes listed",
		MendZH: "检查 NOTICE_BID_NUM 与 BID_SECTION_CODES", MendEN: "check NOTICE_BID_NUM and BID_SECTION_CODES",
		WhyZH: "仅作统计", WhyEN: "counted only", Source: srcTables,
	},
}
