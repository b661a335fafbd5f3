package server

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"mingjing/internal/exchange"
	"mingjing/internal/exchange/signature"
	"mingjing/internal/store"
)

// Connection is how far a source's requests come, step by step.
type Connection struct {
	At      time.Time        `json:"at"`
	Address string           `json:"address" doc:"Where batches are sent; a path of this address when the platform was not told its own"`
	Steps   []ConnectionStep `json:"steps" doc:"In the order in which a request passes them"`
}

// ConnectionStep is one thing that must hold for a request to be taken.
type ConnectionStep struct {
	Step    string     `json:"step" enum:"dns,tls,clock,key,signature,record,attachment"`
	State   string     `json:"state" enum:"good,warning,bad,unknown" doc:"unknown: nothing that reached this side tells"`
	ZH      string     `json:"zh" doc:"What was seen, and its cause"`
	EN      string     `json:"en"`
	MendZH  string     `json:"mend_zh,omitempty" doc:"What to do"`
	MendEN  string     `json:"mend_en,omitempty"`
	Seen    *time.Time `json:"seen,omitempty" doc:"When that was"`
	Request string     `json:"request,omitempty" doc:"Id of the request that shows it"`
	Base    string     `json:"base,omitempty" doc:"Signature base as computed here: compare it with your own, line by line"`
	Sent    string     `json:"sent,omitempty" doc:"Signature-Input as it came"`
}

func (c *ConnectionStep) from(row *store.RequestRow) *ConnectionStep {
	if row != nil {
		c.Seen, c.Request = &row.At, row.ID
	}
	return c
}

func (s *Server) getConnection(ctx context.Context, in *sourceInput) (*out[Connection], error) {
	src, err := s.inside(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	rows, err := s.cfg.Store.Requests(ctx, store.RequestFilter{Source: src.Name, Limit: 200})
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	seen := make([]attempt, len(rows))
	for i := range rows {
		n, err := noted(&rows[i])
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		seen[i] = attempt{&rows[i], n}
	}
	t := connection{src: src, seen: seen, now: time.Now()}
	return &out[Connection]{Connection{At: s.cfg.Clock(), Address: s.cfg.PublicURL + "/exchange/v1/batches", Steps: []ConnectionStep{
		t.dns(), t.tls(), t.clock(), t.key(), t.signature(), t.record(), t.attachment(),
	}}}, nil
}

type attempt struct {
	row  *store.RequestRow
	note *exchange.Noted
}

// A connection is judged by the requests that reached this side, the newest first.
type connection struct {
	src  *exchange.Source
	seen []attempt
	now  time.Time // by which keys hold
}

// last is the newest attempt of which something holds.
func (c *connection) last(holds func(a attempt) bool) *attempt {
	for i := range c.seen {
		if holds(c.seen[i]) {
			return &c.seen[i]
		}
	}
	return nil
}

func (c *connection) any() *attempt { return c.last(func(attempt) bool { return true }) }

func (c *connection) dns() ConnectionStep {
	if a := c.any(); a != nil {
		return *(&ConnectionStep{Step: "dns", State: "good", ZH: "请求到达了本平台：域名解析与网络是通的。", EN: "A request reached this platform: the name resolves and the way is open."}).from(a.row)
	}
	return ConnectionStep{
		Step: "dns", State: "unknown", ZH: "还没有任何写明贵系统密钥编号的请求到达。", EN: "No request that names one of your keys has arrived.",
		MendZH: "在贵系统的服务器上解析报送地址的域名，并确认防火墙放行；收到任何回应（包括 401）即为通。没有签名的请求认不出是谁发的，这里看不到。",
		MendEN: "On your server resolve the host of the address and see that the firewall lets it out; any answer, 401 too, means that it is open. A request without signature cannot be told to be yours and is not seen here.",
	}
}

func (c *connection) tls() ConnectionStep {
	a := c.any()
	switch {
	case a == nil:
		return ConnectionStep{
			Step: "tls", State: "unknown", ZH: "还没有请求到达。", EN: "No request has arrived.",
			MendZH: "若客户端报证书错误：更新根证书，核对主机名与系统时间；若报协议错误：使用 TLS 1.2 或更高版本。", MendEN: "When your client reports a certificate: update its root certificates, compare the host name and its clock; when it reports the protocol: use TLS 1.2 or later.",
		}
	case a.note.Plain:
		return *(&ConnectionStep{
			Step: "tls", State: "warning", ZH: "请求以 http 到达，没有加密。", EN: "The request came by http: it was not encrypted.",
			MendZH: "仅限本机试用；正式环境须经 https 访问。", MendEN: "Good for trials on one machine only; in earnest use https.",
		}).from(a.row)
	}
	return *(&ConnectionStep{Step: "tls", State: "good", ZH: "请求以 https 到达：加密与证书没有问题。", EN: "The request came by https: encryption and certificate are accepted."}).from(a.row)
}

func (c *connection) clock() ConnectionStep {
	a := c.last(func(a attempt) bool { return a.note.Skew != nil })
	if a == nil {
		return ConnectionStep{Step: "clock", State: "unknown", ZH: "还没有带签名时间的请求。", EN: "No request with a time of signing has arrived.", MendZH: "签名参数 created 为当前 Unix 秒。", MendEN: "The signature parameter created is the present Unix time in seconds."}
	}
	off := time.Duration(*a.note.Skew) * time.Second
	zh, en := fmt.Sprintf("贵系统的时钟比本平台快 %d 秒。", *a.note.Skew), fmt.Sprintf("Your clock is %d seconds ahead of ours.", *a.note.Skew)
	if off < 0 {
		zh, en = fmt.Sprintf("贵系统的时钟比本平台慢 %d 秒（含网络用时）。", -*a.note.Skew), fmt.Sprintf("Your clock is %d seconds behind ours, the time on the way included.", -*a.note.Skew)
	}
	step := &ConnectionStep{Step: "clock", State: "good", ZH: zh, EN: en}
	switch {
	case off.Abs() > signature.Window:
		step.State = "bad"
	case off.Abs() > signature.Window/5:
		step.State = "warning"
	}
	if step.State != "good" {
		step.MendZH, step.MendEN = fmt.Sprintf("以 NTP 校准时钟；相差超过 %d 分钟的签名不被接受。", signature.Window/time.Minute), fmt.Sprintf("Set it by NTP; a signature more than %d minutes off is refused.", signature.Window/time.Minute)
	}
	return *step.from(a.row)
}

func (c *connection) key() ConnectionStep {
	step := &ConnectionStep{Step: "key"}
	var ends time.Time // of the last that is valid; zero: never
	valid := map[string]bool{}
	endless := false
	for _, k := range c.src.Keys {
		if !c.now.Before(k.From) && (k.To.IsZero() || c.now.Before(k.To)) {
			valid[k.ID] = true
			endless = endless || k.To.IsZero()
			if k.To.After(ends) {
				ends = k.To
			}
		}
	}
	a := c.any()
	switch {
	case len(valid) == 0:
		step.State, step.ZH, step.EN = "bad", "没有有效的密钥。", "No key is valid."
		step.MendZH, step.MendEN = "新增一把密钥，或联系省公管办登记。", "Add a key, or ask the office to register one."
		return *step
	case a == nil:
		step.State, step.ZH, step.EN = "unknown", fmt.Sprintf("登记了 %d 把有效密钥，还没有请求使用。", len(valid)), fmt.Sprintf("%d valid keys are registered, none has been used.", len(valid))
		step.MendZH, step.MendEN = "签名参数 keyid 填写登记的密钥编号。", "Give the registered id as the signature parameter keyid."
		return *step
	case !valid[a.row.Key]:
		step.State, step.ZH, step.EN = "bad", fmt.Sprintf("最近的请求使用的密钥 %s 已停用或尚未生效。", a.row.Key), fmt.Sprintf("The last request named the key %s, which has ended or is not yet valid.", a.row.Key)
		step.MendZH, step.MendEN = "改用列出的有效密钥。", "Use a key that is valid."
	case !endless && ends.Sub(c.now) < 30*24*time.Hour:
		step.State, step.ZH, step.EN = "warning", fmt.Sprintf("密钥有效，但最后一把将于 %s 到期。", ends.Format(time.DateOnly)), fmt.Sprintf("The key is valid, but the last of them ends on %s.", ends.Format(time.DateOnly))
		step.MendZH, step.MendEN = "现在新增下一把：两把可同时有效。", "Add the next one now: two may be valid at once."
	default:
		step.State, step.ZH, step.EN = "good", fmt.Sprintf("最近的请求使用密钥 %s，有效。", a.row.Key), fmt.Sprintf("The last request named the key %s, which is valid.", a.row.Key)
	}
	return *step.from(a.row)
}

func (c *connection) signature() ConnectionStep {
	a := c.any()
	if a == nil {
		return ConnectionStep{Step: "signature", State: "unknown", ZH: "还没有请求到达。", EN: "No request has arrived.", MendZH: "按 /docs/exchange 的示例签名(RFC 9421)。", MendEN: "Sign as the example of /docs/exchange shows (RFC 9421)."}
	}
	if a.row.Status != http.StatusUnauthorized {
		return *(&ConnectionStep{Step: "signature", State: "good", ZH: "最近的签名已被接受。", EN: "The last signature was accepted."}).from(a.row)
	}
	step := &ConnectionStep{
		Step: "signature", State: "bad", ZH: a.row.Rule + ":" + a.note.ZH, EN: a.row.Rule + ": " + a.note.EN, Base: a.note.Base, Sent: a.note.Sent,
		MendZH: "将下面的签名原文与贵系统计算的逐行对照，第一处不同即是原因：常见为地址（@authority 含端口）、路径大小写、查询串、Content-Digest 与 Content-Type。", MendEN: "Compare the signature base below with your own, line by line; the first difference is the cause: often the address (@authority with its port), the path, the query, Content-Digest or Content-Type.",
	}
	if a.note.Base == "" {
		step.MendZH, step.MendEN = "按所指的部分修正后重发。", "Mend the part that is named and send again."
	}
	return *step.from(a.row)
}

func (c *connection) record() ConnectionStep {
	took := func(a attempt) bool {
		return a.row.Status == http.StatusOK && a.note.Open.Accepted+a.note.Open.Duplicate+a.note.Open.Refused > 0
	}
	a := c.last(took)
	if a == nil {
		return ConnectionStep{
			Step: "record", State: "unknown", ZH: "还没有收到未密封数据集的记录。", EN: "No record of an open data set has arrived.",
			MendZH: "先向 /exchange/v1/validate 试发一条招标公告：只检查，不留存。密封的记录（投标、评标）不在此统计，请按请求编号查询。",
			MendEN: "Try a notice at /exchange/v1/validate first: it is checked and not kept. Sealed records (bids, committee) are not counted here: look them up by their request id.",
		}
	}
	t := &a.note.Open
	step := &ConnectionStep{
		Step: "record", State: "good", ZH: fmt.Sprintf("最近一批：收下 %d 条，其中 %d 条有缺陷；拒收 %d 条。", t.Accepted+t.Duplicate, t.Defective, t.Refused),
		EN: fmt.Sprintf("The last batch: %d records taken, %d of them with defects; %d refused.", t.Accepted+t.Duplicate, t.Defective, t.Refused),
	}
	switch {
	case t.Refused > 0:
		step.State = "bad"
	case t.Defective > 0:
		step.State = "warning"
	}
	if step.State != "good" {
		step.MendZH, step.MendEN = "按应答中每条记录的规则修正；规则说明见 /docs/rules。", "Mend each record by the rule in its answer; see /docs/rules."
	}
	return *step.from(a.row)
}

func (c *connection) attachment() ConnectionStep {
	if a := c.last(func(a attempt) bool {
		return a.row.Status == http.StatusUnauthorized && (a.row.Route == "POST /exchange/v1/files" || a.row.Route == "PATCH /exchange/v1/files/{id}")
	}); a != nil && c.any() == a {
		return *(&ConnectionStep{Step: "attachment", State: "bad", ZH: "最近一次上传的签名未被接受，见上。", EN: "The signature of the last upload was not accepted; see above.", MendZH: "每一段都要单独签名，并覆盖 Upload-Offset。", MendEN: "Sign each part for itself, and cover Upload-Offset."}).from(a.row)
	}
	return ConnectionStep{
		Step: "attachment", State: "unknown", ZH: "附件可能属于尚未开启的投标，所以这里不统计上传的次数。", EN: "An attachment may be a sealed bid's: so uploads are not counted here.",
		MendZH: "按上传应答中的 X-Request-Id 在请求日志中查询；收讫的附件带有 Mingjing-Log-Position 头。", MendEN: "Look an upload up by its X-Request-Id in the request log; the answer to the last part of a kept one carries Mingjing-Log-Position.",
	}
}
