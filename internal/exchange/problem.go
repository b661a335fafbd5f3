package exchange

import (
	"fmt"
	"net/http"
	"strings"
)

// Retry says what to do with a batch or record that was not taken.
type Retry string

// Never: the same content will always be answered so; mend it first. Same: send
// the same batch again at once, signed anew. Later: send the same batch again
// after Retry-After.
const (
	RetryNever Retry = "never"
	RetrySame  Retry = "same"
	RetryLater Retry = "later"
)

// Problem is an RFC 9457 problem document: why a whole request was not taken.
type Problem struct {
	Type      string `json:"type" doc:"Address of the page that explains the rule"`
	Title     string `json:"title" doc:"What is wrong, in the language that Accept-Language prefers"`
	Status    int    `json:"status"`
	Detail    string `json:"detail" doc:"What exactly, in that language"`
	Instance  string `json:"instance" doc:"urn:mingjing:request:<request id>"`
	RequestID string `json:"request_id"`
	Rule      string `json:"rule" doc:"Stable id of the rule, such as X006"`
	Field     string `json:"field,omitempty" doc:"Header, component or parameter that is meant"`
	Mend      string `json:"mend" doc:"What to do, in that language"`
	Retry     Retry  `json:"retry" enum:"never,same,later" doc:"never: mend first; same: send again at once, signed anew; later: send again after Retry-After"`
	Doc       string `json:"doc" doc:"Where it is documented"`
	Texts     []Text `json:"texts" doc:"The same in both languages, the preferred first"`
	// SignatureBase is the text over which a signature was expected, so that a
	// client can find the line that differs. It holds nothing but the request's own head.
	SignatureBase string `json:"signature_base,omitempty"`
}

// Error lets a client return the problem as it came.
func (p *Problem) Error() string {
	return fmt.Sprintf("the door answered %d %s: %s (request %s)", p.Status, p.Rule, p.Detail, p.RequestID)
}

// Text is a problem in one language.
type Text struct {
	Lang   string `json:"lang" enum:"zh,en"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Mend   string `json:"mend"`
}

// fault is a problem on its way out.
type fault struct {
	rule     *rule
	field    string
	zh, en   string // detail; the rule's title when empty
	base     string
	after    int // seconds for Retry-After
	internal error
}

func (f *fault) Error() string {
	if f.internal != nil {
		return fmt.Sprintf("%s %s: %v", f.rule.id, f.rule.en, f.internal)
	}
	return f.rule.id + " " + f.rule.en
}

// rule is one reason for which a whole request is not taken. README.md of
// docs/exchange lists them; a test holds the two together.
type rule struct {
	id             string
	status         int
	retry          Retry
	zh, en         string
	mendZH, mendEN string
}

// The rules of the door. Those of records are the standard's.
var (
	ruleUnsigned    = &rule{"X001", 401, RetryNever, "请求未签名", "The request is not signed", "按 RFC 9421 添加 Signature-Input 与 Signature 头", "Add the headers Signature-Input and Signature (RFC 9421)"}
	ruleMalformed   = &rule{"X002", 401, RetryNever, "签名头无法解析", "The signature headers cannot be read", "对照文档中的示例检查签名头的写法", "Compare the signature headers with the documented example"}
	ruleUncovered   = &rule{"X003", 401, RetryNever, "签名未覆盖必需的部分", "The signature does not cover all that it must", "将所指部分加入签名", "Add the named part to the signature"}
	ruleUntimely    = &rule{"X004", 401, RetrySame, "签名时间超出允许范围", "The signature is outside its time window", "校准时钟后重新签名", "Set the clock right and sign again"}
	ruleDigest      = &rule{"X005", 401, RetrySame, "正文与摘要不符", "The body does not fit its digest", "对实际发送的字节(压缩之后)计算 Content-Digest", "Compute Content-Digest over the bytes as sent, after compression"}
	ruleRejected    = &rule{"X006", 401, RetryNever, "签名未被接受", "The signature is not accepted", "检查密钥编号、密钥有效期和签名原文(见 signature_base)", "Check the key id, whether the key is in force, and the signed text (see signature_base)"}
	rulePaused      = &rule{"X007", 403, RetryLater, "该数据来源已被暂停", "This source is paused", "请联系公共资源交易监督管理办公室", "Ask the office that registered the source"}
	ruleRate        = &rule{"X008", 429, RetryLater, "请求过于频繁", "Too many requests", "等待 Retry-After 所示秒数后重发", "Wait for the seconds of Retry-After, then send again"}
	ruleTooLarge    = &rule{"X009", 413, RetryNever, "正文过大", "The body is too large", "将批次拆小后发送", "Send smaller batches"}
	ruleMedia       = &rule{"X010", 415, RetryNever, "不支持的正文类型或压缩方式", "The content type or encoding is not supported", "使用所列类型;压缩只支持 gzip", "Use one of the listed types; gzip is the only encoding"}
	ruleUndecodable = &rule{"X011", 400, RetryNever, "批次无法解析", "The batch cannot be read", "按文档修正批次的格式", "Mend the form of the batch"}
	ruleTooMany     = &rule{"X012", 413, RetryNever, "一个批次的记录过多", "Too many records in one batch", "将批次拆小后发送", "Send smaller batches"}
	ruleEmpty       = &rule{"X013", 400, RetryNever, "批次中没有记录", "The batch holds no record", "至少发送一条记录", "Send at least one record"}
	ruleStoreDown   = &rule{"X014", 503, RetryLater, "暂时无法保存,未收下任何未回执的记录", "Nothing can be stored just now; no record without a receipt was taken", "稍后重发同一批次:已收下的记录不会重复", "Send the same batch again later: what was taken is not taken twice"}
	ruleNoReceipt   = &rule{"X015", 404, RetryNever, "没有本来源的此回执", "This source has no such receipt", "使用回执中的 position", "Use the position of a receipt you were given"}
	ruleBusy        = &rule{"X016", 503, RetryLater, "请求过多,请稍候", "The door is busy", "稍后重发同一批次", "Send the same batch again later"}
	ruleInternal    = &rule{"X017", 500, RetryLater, "内部错误", "An internal fault", "稍后重发;若仍出现,请附请求编号联系管理员", "Send again later; if it stays, report the request id"}
	ruleUnread      = &rule{"X018", 400, RetrySame, "正文未完整到达", "The body did not arrive whole", "重发同一批次", "Send the same batch again"}
	ruleNoAddress   = &rule{"X019", 404, RetryNever, "没有此地址", "No such address", "使用接口文档 /openapi.json 中的地址", "Use an address of /openapi.json"}
	ruleMethod      = &rule{"X020", 405, RetryNever, "此地址不接受该方法", "The address does not take this method", "使用 Allow 头所示的方法", "Use the method of the header Allow"}
	ruleCertificate = &rule{"X021", 401, RetryNever, "未出示本来源绑定的客户端证书", "The client certificate to which this source is bound was not shown", "以绑定的证书连接双向 TLS 端口;证书变更请联系办公室", "Connect to the mutual TLS listener with the bound certificate; when it has changed, tell the office"}
	ruleParameter   = &rule{"X030", 422, RetryNever, "查询参数不正确", "A query parameter is wrong", "按文档修改;游标无效时从头读取", "Mend it as documented; when a cursor is refused, read from the beginning"}

	ruleNoInstruction = &rule{"X060", 404, RetryNever, "没有发给本系统的此监督指令", "There is no such instruction to this source", "使用 GET /exchange/v1/instructions 给出的 id", "Use an id that GET /exchange/v1/instructions gave"}
	ruleInstruction   = &rule{"X061", 409, RetryNever, "该监督指令不能这样答复", "The instruction cannot be answered so", "先以 GET 取得其现状;答复不能更改", "Ask for how it stands first; an answer is not changed"}

	ruleNoUpload     = &rule{"X040", 404, RetryNever, "没有本来源的此上传,或已作废", "This source has no such upload, or it has ended", "重新以 POST 创建上传", "Begin the upload anew by POST"}
	ruleDeclared     = &rule{"X041", 422, RetryNever, "附件的声明有误", "What is declared of the attachment is wrong", "按所指字段修正 Upload-Metadata", "Mend the named key of Upload-Metadata"}
	ruleFileTooLarge = &rule{"X042", 413, RetryNever, "附件过大", "The attachment is too large", "分为几个文件", "Divide it into several files"}
	ruleFileQuota    = &rule{"X043", 429, RetryLater, "未完成的上传过多", "Too many unfinished uploads", "先完成或删除(DELETE)未完成的上传", "Finish unfinished uploads first, or end them by DELETE"}
	ruleFileOffset   = &rule{"X044", 409, RetryNever, "该段的起点不是上传的当前位置", "The part does not begin where the upload stands", "以 HEAD 取得 Upload-Offset,从该处继续", "Ask for Upload-Offset by HEAD and go on from there"}
	ruleFileBeyond   = &rule{"X045", 413, RetryNever, "该段超出声明的字节数", "The part goes beyond the declared size", "核对文件大小;有变化则删除后重新上传", "Compare the size of the file; when it has changed, end the upload and begin anew"}
	ruleFileSmall    = &rule{"X046", 400, RetryNever, "该段过小", "The part is too small", "使用更大的分段", "Send larger parts"}
	ruleFileDigest   = &rule{"X047", 422, RetryNever, "内容与声明的 SHA-256 不符,已全部删除", "The bytes do not have the declared SHA-256; all are removed", "重新计算摘要,再从头上传", "Compute the digest again and begin anew"}
	ruleTus          = &rule{"X048", 400, RetryNever, "不符合 tus 1.0.0 协议", "The request does not follow tus 1.0.0", "检查所指的头:Tus-Resumable: 1.0.0、Upload-Length、Upload-Offset、Content-Type: application/offset+octet-stream", "Check the named header: Tus-Resumable: 1.0.0, Upload-Length, Upload-Offset, Content-Type: application/offset+octet-stream"}
	ruleFileKept     = &rule{"X049", 409, RetryNever, "附件已收讫并记入日志,不能撤回", "The attachment is received and logged: it cannot be taken back", "以新的记录更正", "Correct by a new record"}
)

// rules lists all of them, for the documents and their test.
var rules = []*rule{
	ruleUnsigned, ruleMalformed, ruleUncovered, ruleUntimely, ruleDigest, ruleRejected, rulePaused, ruleRate, ruleTooLarge,
	ruleMedia, ruleUndecodable, ruleTooMany, ruleEmpty, ruleStoreDown, ruleNoReceipt, ruleBusy, ruleInternal, ruleUnread, ruleNoAddress, ruleMethod, ruleCertificate, ruleParameter,
	ruleNoUpload, ruleDeclared, ruleFileTooLarge, ruleFileQuota, ruleFileOffset, ruleFileBeyond, ruleFileSmall, ruleFileDigest, ruleTus, ruleFileKept,
	ruleNoInstruction, ruleInstruction,
}

// docAddress is the page on which a rule of the door is explained.
func docAddress(id string) string { return "/docs/exchange#" + id }

// document turns a fault into the answer, in the reader's order of languages.
func (f *fault) document(requestID, acceptLanguage string) Problem {
	zh := Text{Lang: "zh", Title: f.rule.zh, Detail: f.zh, Mend: f.rule.mendZH}
	en := Text{Lang: "en", Title: f.rule.en, Detail: f.en, Mend: f.rule.mendEN}
	for _, t := range []*Text{&zh, &en} {
		if t.Detail == "" {
			t.Detail = t.Title
		}
	}
	texts := []Text{zh, en}
	if prefersEnglish(acceptLanguage) {
		texts = []Text{en, zh}
	}
	return Problem{
		Type: docAddress(f.rule.id), Title: texts[0].Title, Status: f.rule.status, Detail: texts[0].Detail,
		Instance: "urn:mingjing:request:" + requestID, RequestID: requestID, Rule: f.rule.id, Field: f.field,
		Mend: texts[0].Mend, Retry: f.rule.retry, Doc: docAddress(f.rule.id), Texts: texts, SignatureBase: f.base,
	}
}

// prefersEnglish reads Accept-Language (RFC 9110 section 12.5.4): the language
// with the greater weight wins, the first on a tie, Chinese when neither is named.
func prefersEnglish(accept string) bool {
	var zh, en float64
	order := ""
	for part := range strings.SplitSeq(accept, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		weight := 1.0
		if q, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			if _, err := fmt.Sscanf(q, "%g", &weight); err != nil {
				weight = 0
			}
		}
		if weight <= 0 {
			continue
		}
		switch primary {
		case "zh":
			zh = max(zh, weight)
		case "en":
			en = max(en, weight)
		default:
			continue
		}
		if order == "" {
			order = primary
		}
	}
	if zh == en {
		return order == "en"
	}
	return en > zh
}

// statusText is used by the OpenAPI description.
func statusText(status int) string { return http.StatusText(status) }
