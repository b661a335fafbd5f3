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
	byLang map[string]map[string]*template.Template
	policy string
}

// page is what the layout shows around a body.
type page struct {
	Title     string
	Demo      bool
	Sandbox   bool
	Other     string // this page in the other language
	RequestID string
	Body      any
}

var pageNames = []string{"home", "dockets", "docket", "project", "body", "rules", "docs", "doc", "problem"}

func newPages() (*pages, error) {
	style, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		return nil, err
	}
	css := strings.TrimSpace(string(style))
	sum := sha256.Sum256([]byte(css))
	p := &pages{
		byLang: map[string]map[string]*template.Template{},
		policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	}
	for _, lang := range []string{"zh", "en"} {
		p.byLang[lang] = map[string]*template.Template{}
		for _, name := range pageNames {
			t, err := template.New(name).Funcs(functions(lang, css)).ParseFS(pageFiles, "pages/layout.html", "pages/"+name+".html")
			if err != nil {
				return nil, err
			}
			p.byLang[lang][name] = t
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

// functions are what templates may call, in one language.
func functions(lang, css string) template.FuncMap {
	pick := func(zh, en string) string {
		if lang == "en" && en != "" {
			return en
		}
		return zh
	}
	words := func(m map[string][2]string) func(any) string {
		return func(v any) string { w := m[fmt.Sprint(v)]; return pick(w[0], w[1]) }
	}
	return template.FuncMap{
		"t":     pick,
		"style": func() template.CSS { return template.CSS(css) },
		"link": func(parts ...string) string {
			path := parts[0]
			for _, p := range parts[1:] {
				path += url.PathEscape(p)
			}
			if lang == "en" {
				path += "?lang=en"
			}
			return path
		},
		"search": func(text string) string { // as it stands
			q := url.Values{"q": {`"` + strings.ReplaceAll(text, `"`, " ") + `"`}}
			if lang == "en" {
				q.Set("lang", "en")
			}
			return "/dockets?" + q.Encode()
		},
		"roles": func(roles map[string]int) string {
			var out []string
			for _, r := range disclose.PartyRoles() {
				if n := roles[r]; n > 0 {
					out = append(out, fmt.Sprint(pick(roleWords[r], r), " ", n))
				}
			}
			return strings.Join(out, pick("，", ", "))
		},
		"progress": words(map[string][2]string{
			"before": {"开标前", "before the opening"}, "opened": {"已开标", "opened"}, "publicity": {"公示已开始", "in publicity"}, "result": {"结果已公布", "decided"}, "signed": {"合同已签订", "signed"},
		}),
		"hidden": func() template.HTML {
			if lang == "en" {
				return `<input type="hidden" name="lang" value="en">`
			}
			return ""
		},
		"clock": func(t time.Time) string { return t.In(trade.Zone).Format("2006-01-02 15:04:05") },
		"moment": func(t time.Time, day bool) string {
			return trade.Moment{Time: t.In(trade.Zone), WholeDay: day}.String()
		},
		"class": func(c string) string {
			return pick(trade.Class(c).ZH(), trade.Class(c).EN())
		},
		"region": func(code string) string {
			if name := trade.Regions().Name(code); name != "" {
				return name + " " + code
			}
			return code
		},
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
	lang := langOf(r)
	title := titleZH
	if lang == "en" {
		title = titleEN
	}
	var b bytes.Buffer
	err := s.pages.byLang[lang][name].ExecuteTemplate(&b, "layout", page{
		Title: title, Demo: s.cfg.Demo, Sandbox: s.cfg.Sandbox, Other: other(r, lang), RequestID: requestID(r.Context()), Body: body,
	})
	if err != nil {
		s.cfg.Log.ErrorContext(r.Context(), "page", "request_id", requestID(r.Context()), "page", name, "error", err)
		http.Error(w, problemInternal.en, http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", s.pages.policy)
	h.Set("Content-Language", map[string]string{"zh": "zh-CN", "en": "en"}[lang])
	h.Set("Cache-Control", "public, max-age=5")
	if status != http.StatusOK {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	_, _ = b.WriteTo(w)
}

// other is this page's address in the other language.
func other(r *http.Request, lang string) string {
	u := url.URL{Path: r.URL.Path}
	q := r.URL.Query()
	q.Set("lang", "en")
	if lang == "en" {
		q.Del("lang")
	}
	u.RawQuery = q.Encode()
	return u.RequestURI()
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
