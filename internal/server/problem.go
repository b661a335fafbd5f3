package server

import (
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
)

// ReadProblem is an RFC 9457 problem document.
type ReadProblem struct {
	Type      string         `json:"type" doc:"Address of the page that explains the rule"`
	Title     string         `json:"title" doc:"What is wrong, in Chinese and English"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail,omitempty" doc:"What exactly"`
	Instance  string         `json:"instance" doc:"urn:mingjing:request:<request id>"`
	RequestID string         `json:"request_id"`
	Rule      string         `json:"rule" doc:"Stable id, such as A003"`
	Mend      string         `json:"mend" doc:"What to do, in Chinese and English"`
	Retry     string         `json:"retry" enum:"never,later,after mending"`
	Why       string         `json:"why,omitempty" doc:"Of an ended session: signed-out, ended, locked, withdrawn, post-over, idle, expired, password, failed, unknown"`
	Errors    []ProblemField `json:"errors,omitempty" doc:"Each parameter that is wrong"`
}

// ProblemField is one parameter that is wrong. It never repeats the value.
type ProblemField struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Error implements error.
func (p *ReadProblem) Error() string { return p.Rule + " " + p.Title }

// GetStatus implements huma.StatusError.
func (p *ReadProblem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *ReadProblem) ContentType(string) string { return "application/problem+json" }

// A kind is one sort of problem of the API.
type kind struct {
	id             string
	status         int
	zh, en         string
	mendZH, mendEN string
	retry          string
}

var (
	problemToken        = kind{"A001", 401, "访问令牌格式不正确", "The token is malformed", "使用 Authorization: Bearer mjt_…，公众访问无需令牌", "Send Authorization: Bearer mjt_…; the public needs none", "never"}
	problemUnknownToken = kind{"A002", 401, "访问令牌无效或已到期", "The token is unknown or has ended", "向省公管办申请新的令牌", "Ask the office for a new one", "never"}
	problemNotFound     = kind{"A003", 404, "未找到，或依法不向您公开", "Not found, or not for you to see", "核对编号；披露规则见 /docs/disclosure", "Check the id; who may see what is under /docs/disclosure", "never"}
	problemParameter    = kind{"A004", 422, "请求参数不正确", "A parameter is wrong", "按 /docs 的说明修改", "Mend it as /docs says", "never"}
	problemInternal     = kind{"A005", 500, "内部错误", "An internal fault", "稍后再试；若仍出现，请附请求编号联系管理员", "Try later; if it stays, report the request id", "later"}
	problemUnavailable  = kind{"A006", 503, "暂时无法读取数据", "The data cannot be read just now", "稍后再试", "Try later", "later"}
	problemNotNoted     = kind{"A041", 503, "查阅留痕暂时无法写入，故不予显示", "That you read this cannot be written into the log just now, so it is not shown", "稍后再试；若仍出现，请附请求编号联系管理员", "Try later; if it stays, report the request id", "later"}
	problemMethod       = kind{"A007", 405, "该地址不支持此方法", "This address does not take that method", "见 Allow 头", "See the Allow header", "never"}
	problemDestroyed    = kind{"A040", 410, "该附件已依法销毁", "This attachment was destroyed by law", "无法恢复；日志中仍有其收讫记录", "Nobody can restore it; the log still holds its receipt", "never"}
)

// What sign-in answers besides.
var (
	problemBusy        = kind{"A070", 429, "已有导出正在进行", "An export is under way already", "待其完成后再导出", "Wait until it is done", "later"}
	problemEnded       = kind{"A060", 401, "登录已结束", "The session has ended", "重新登录；原因见 why", "Sign in again; why says the reason", "never"}
	problemRefused     = kind{"A061", 401, "未能登录：用户名、密码或验证码不正确，或暂时不能登录", "Not signed in: wrong name, password or code, or no sign-in for now", "核对后重试；多次错误后须等待一段时间，或请省公管办重置", "Check and try again; after several wrong ones wait a while, or ask the office for a reset", "never"}
	problemTooMany     = kind{"A062", 429, "尝试过于频繁", "Too many attempts", "见 Retry-After 头", "See the Retry-After header", "later"}
	problemCrossOrigin = kind{"A063", 403, "拒绝来自其他网站的请求", "A request from another site is refused", "从本平台的页面操作", "Act from this platform's own pages", "never"}
	problemNotYours    = kind{"A064", 403, "当前岗位无权进行此操作", "This post does not allow it", "切换到有权的岗位，或请省公管办办理", "Switch to a post that does, or ask the office", "never"}
	problemTaken       = kind{"A065", 409, "用户名已被使用", "The username is taken", "换一个用户名", "Take another", "never"}
	problemProof       = kind{"A067", 403, "此操作需要再次验证身份", "This needs a fresh proof of who you are", "再次输入密码或使用通行密钥（POST /api/v1/session/proof），然后重试", "Give your password again or use a passkey (POST /api/v1/session/proof), then try again", "after mending"}
	problemNoPasskeys  = kind{"A068", 409, "此地址不能使用通行密钥", "No passkeys at this address", "通过域名（HTTPS）或 localhost 访问；由 --public-url 指定", "Use the name of the site (HTTPS) or localhost; see --public-url", "never"}
	problemNoAccounts  = kind{"A066", 503, "此服务未启用账号登录", "There are no accounts here", "使用访问令牌", "Use a token", "never"}
)

var kinds = append([]kind{problemEnded, problemRefused, problemTooMany, problemCrossOrigin, problemNotYours, problemTaken, problemProof, problemNoPasskeys, problemNoAccounts, problemNotRules, problemLines, problemPort, problemNoDesk, problemNoSnapshot, problemAsking, problemNotParty, problemNotHandler, problemComplaint, problemNotTenderer, problemObjection, problemNotInstructor, problemInstruction}, readKinds...)

// readKinds are those of reading. Where huma makes an error of its own, the
// last of a status is meant: these are.
var readKinds = []kind{problemToken, problemUnknownToken, problemNotFound, problemParameter, problemInternal, problemUnavailable, problemMethod, problemDestroyed, problemNotNoted, problemNotToAct, problemStale}

func (k kind) problem(id, detail string) *ReadProblem {
	return &ReadProblem{
		Type: "/docs#" + k.id, Title: k.zh + " / " + k.en, Status: k.status, Detail: detail, Instance: "urn:mingjing:request:" + id,
		RequestID: id, Rule: k.id, Mend: k.mendZH + " / " + k.mendEN, Retry: k.retry,
	}
}

// withHeader gives a problem a header.
func withHeader(p *ReadProblem, name, value string) error {
	return huma.ErrorWithHeaders(p, http.Header{name: {value}})
}

// fail answers a problem: as a page to a browser outside the API, else as JSON.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, k kind) {
	if !strings.HasPrefix(r.URL.Path, "/api/") && strings.Contains(r.Header.Get("Accept"), "text/html") && s.pages != nil {
		s.pageProblem(w, r, k)
		return
	}
	body, err := json.Marshal(k.problem(requestID(r.Context()), ""))
	if err != nil {
		http.Error(w, k.en, k.status)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(k.status)
	_, _ = w.Write(body)
}

// useProblems makes huma answer its own errors as our problem documents. Huma
// keeps the maker of errors in package variables; all our servers want the same.
var useProblems = sync.OnceFunc(func() {
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		id := ""
		if ctx != nil {
			id = requestID(ctx.Context())
		}
		return convert(id, status, msg, errs)
	}
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError { return convert("", status, msg, errs) }
})

func convert(id string, status int, msg string, errs []error) *ReadProblem {
	k := problemParameter
	for _, known := range readKinds {
		if known.status == status && known.id != problemToken.id {
			k = known
		}
	}
	detail := ""
	if status >= 500 {
		k = problemInternal
		if status == http.StatusServiceUnavailable {
			k = problemUnavailable
		}
	} else if k.id == problemParameter.id {
		detail = msg
	}
	p := k.problem(id, detail)
	if status != 0 {
		p.Status = status
	}
	for _, err := range errs {
		if d, ok := err.(huma.ErrorDetailer); ok {
			p.Errors = append(p.Errors, ProblemField{Field: d.ErrorDetail().Location, Message: d.ErrorDetail().Message})
		}
	}
	return p
}
