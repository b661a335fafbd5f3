package server

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

//go:embed pages
var pageFiles embed.FS

// pages holds the templates in both languages. There is no script in any of
// them, and the only style is the one whose hash the content policy names.
type pages struct {
	by     map[manner]map[string]*template.Template
	policy string
}

// A manner is how a page is written: its language, and whether it is large,
// for older readers (适老化). Both stay along links.
type manner struct {
	lang  string
	large bool
}

func mannerOf(r *http.Request) manner { return manner{langOf(r), r.URL.Query().Get("size") == "large"} }

// pick is what a reader of the manner's language is told; Chinese where there is no English.
func (m manner) pick(zh, en string) string {
	if m.lang == "en" && en != "" {
		return en
	}
	return zh
}

// tag is the language's tag of BCP 47.
func (m manner) tag() string { return m.pick("zh-CN", "en") }

// query is how a manner stands in an address; the ordinary one not at all.
func (m manner) query() url.Values {
	q := url.Values{}
	if m.lang == "en" {
		q.Set("lang", "en")
	}
	if m.large {
		q.Set("size", "large")
	}
	return q
}

// page is what the layout shows around a body.
type page struct {
	Title     string
	Demo      bool
	Sandbox   bool
	Other     string // this page in the other language
	Sized     string // and in the other size
	Large     bool
	Feed      string // address of an Atom feed of the same, "" when there is none
	RequestID string
	Body      any
}

var pageNames = []string{"home", "dockets", "docket", "project", "body", "statistics", "rules", "docs", "doc", "problem"}

func newPages() (*pages, error) {
	style, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		return nil, err
	}
	css := strings.TrimSpace(string(style))
	sum := sha256.Sum256([]byte(css))
	p := &pages{
		by:     map[manner]map[string]*template.Template{},
		policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	}
	for _, m := range []manner{{"zh", false}, {"en", false}, {"zh", true}, {"en", true}} {
		p.by[m] = map[string]*template.Template{}
		for _, name := range pageNames {
			t, err := template.New(name).Funcs(functions(m, css)).ParseFS(pageFiles, "pages/layout.html", "pages/"+name+".html")
			if err != nil {
				return nil, err
			}
			p.by[m][name] = t
		}
	}
	return p, nil
}

func langOf(r *http.Request) string {
	if r.URL.Query().Get("lang") == "en" {
		return "en"
	}
	return "zh"
}

var roleWords = map[string]string{
	"tenderer": "招标（采购）人", "agency": "代理机构", "bidder": "投标人", "candidate": "中标候选人", "winner": "中标人", "contractor": "履约方", "party": "主体",
}

// progressWords say how far a lot is.
var progressWords = map[string][2]string{
	"before": {"开标前", "before the opening"}, "opened": {"已开标", "opened"}, "publicity": {"公示已开始", "in publicity"}, "result": {"结果已公布", "decided"}, "signed": {"合同已签订", "signed"},
}

// regionNamed is a region's name with its code.
func regionNamed(code string) string {
	if name := trade.Regions().Name(code); name != "" {
		return name + " " + code
	}
	return code
}

// functions are what templates may call, in one manner.
func functions(m manner, css string) template.FuncMap {
	pick := m.pick
	words := func(list map[string][2]string) func(any) string {
		return func(v any) string { w := list[fmt.Sprint(v)]; return pick(w[0], w[1]) }
	}
	return template.FuncMap{
		"t":     pick,
		"style": func() template.CSS { return template.CSS(css) },
		"link": func(parts ...string) string {
			path := parts[0]
			for _, p := range parts[1:] {
				path += url.PathEscape(p)
			}
			if q := m.query(); len(q) > 0 {
				path += "?" + q.Encode()
			}
			return path
		},
		"search": func(text string) string { // as it stands
			q := m.query()
			q.Set("q", `"`+strings.ReplaceAll(text, `"`, " ")+`"`)
			return "/dockets?" + q.Encode()
		},
		"listed": func(name, value string) string { // dockets narrowed by one thing
			q := m.query()
			q.Set(name, value)
			return "/dockets?" + q.Encode()
		},
		"yuan": m.yuan,
		"amountkind": words(map[string][2]string{
			"contract": {"合同", "contract"}, "award": {"中标（成交）", "award"}, "estimate": {"估算", "estimate"},
		}),
		"period": words(map[string][2]string{
			"week": {"近七日", "seven days"}, "month": {"近三十日", "thirty days"}, "quarter": {"近九十日", "ninety days"}, "year": {"近一年", "a year"},
		}),
		"day": func(t time.Time) string { return t.In(trade.Zone).Format(time.DateOnly) },
		"roles": func(roles map[string]int) string {
			var out []string
			for _, r := range disclose.PartyRoles() {
				if n := roles[r]; n > 0 {
					out = append(out, fmt.Sprint(pick(roleWords[r], r), " ", n))
				}
			}
			return strings.Join(out, pick("，", ", "))
		},
		"progress": words(progressWords),
		"hidden": func() template.HTML {
			var out strings.Builder
			q := m.query()
			for _, name := range []string{"lang", "size"} {
				if q.Has(name) {
					out.WriteString(`<input type="hidden" name="` + name + `" value="` + q.Get(name) + `">`)
				}
			}
			return template.HTML(out.String()) //nolint:gosec // of our own words
		},
		"clock": func(t time.Time) string { return t.In(trade.Zone).Format("2006-01-02 15:04:05") },
		"moment": func(t time.Time, day bool) string {
			return trade.Moment{Time: t.In(trade.Zone), WholeDay: day}.String()
		},
		"class": func(c string) string {
			return pick(trade.Class(c).ZH(), trade.Class(c).EN())
		},
		"region": regionNamed,
		"state": words(map[string][2]string{
			string(disclose.Sealed): {"封存", "sealed"}, string(disclose.Hidden): {"不公开", "not public"}, string(disclose.Masked): {"其中的个人号码已遮盖", "personal numbers in it are blotted out"},
		}),
		"opens": words(map[string][2]string{
			"opened": {"开标后公开", "opens with the opening"}, "publicity": {"公示开始后公开", "opens with the publicity"}, "result": {"结果公布后公开", "opens with the result"},
			"signed": {"合同签订后公开", "opens with the contract"}, "order": {"依法批准后可调取", "by a lawful order"},
		}),
		"came": words(map[string][2]string{
			disclose.StepCame: {"已报送", "came"}, disclose.StepLate: {"逾期", "late"}, disclose.StepMissing: {"缺失", "missing"}, disclose.StepAwaited: {"待报送", "awaited"},
			disclose.StepOpen: {"未发生", "none"}, disclose.StepSealed: {"封存", "sealed"}, disclose.StepClosed: {"不公开", "not public"},
		}),
		"severity": words(map[string][2]string{
			string(standard.Refuse): {"拒收", "refused"}, string(standard.Defect): {"收下，记为缺陷", "accepted, counted as a defect"}, string(standard.Note): {"收下，仅作统计", "accepted, a statistic"},
		}),
	}
}

// show writes a page. It is built before the first byte is sent, so that a
// fault is never half a page.
func (s *Server) show(w http.ResponseWriter, r *http.Request, status int, name, titleZH, titleEN string, body any) {
	m := mannerOf(r)
	p := page{Title: m.pick(titleZH, titleEN), Demo: s.cfg.Demo, Sandbox: s.cfg.Sandbox, Large: m.large, RequestID: requestID(r.Context()), Body: body}
	p.Other, p.Sized = m.addresses(r)
	if f, ok := body.(interface{ feed() string }); ok {
		p.Feed = f.feed()
	}
	var b bytes.Buffer
	err := s.pages.by[m][name].ExecuteTemplate(&b, "layout", p)
	if err != nil {
		s.cfg.Log.ErrorContext(r.Context(), "page", "request_id", requestID(r.Context()), "page", name, "error", err)
		http.Error(w, problemInternal.en, http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", s.pages.policy)
	h.Set("Content-Language", m.tag())
	h.Set("Cache-Control", "public, max-age=5")
	if status != http.StatusOK {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	_, _ = b.WriteTo(w)
}

// addresses are this page's in the other language and in the other size.
func (m manner) addresses(r *http.Request) (lang, size string) {
	at := func(m manner) string {
		q := r.URL.Query()
		q.Del("lang")
		q.Del("size")
		for name, values := range m.query() {
			q[name] = values
		}
		u := url.URL{Path: r.URL.Path, RawQuery: q.Encode()}
		return u.RequestURI()
	}
	return at(manner{map[string]string{"zh": "en", "en": "zh"}[m.lang], m.large}), at(manner{m.lang, !m.large})
}

// yuan writes an amount as people read it: 元, 万元 or 亿元, to two decimals.
func (m manner) yuan(fen int64) string {
	y := float64(fen) / 100
	switch {
	case y >= 1e8:
		return fmt.Sprintf("%.2f ", y/1e8) + m.pick("亿元", "hundred million yuan")
	case y >= 1e4:
		return fmt.Sprintf("%.2f ", y/1e4) + m.pick("万元", "ten thousand yuan")
	}
	return fmt.Sprintf("%.2f ", y) + m.pick("元", "yuan")
}

func (s *Server) pageProblem(w http.ResponseWriter, r *http.Request, k kind) {
	s.show(w, r, k.status, "problem", k.zh, k.en, struct {
		Status                 int
		ZH, EN, MendZH, MendEN string
	}{k.status, k.zh, k.en, k.mendZH, k.mendEN})
}

func (s *Server) pageFault(w http.ResponseWriter, r *http.Request, err error) {
	s.cfg.Log.ErrorContext(r.Context(), "page", "request_id", requestID(r.Context()), "route", r.Pattern, "error", err)
	s.fail(w, r, problemUnavailable)
}
