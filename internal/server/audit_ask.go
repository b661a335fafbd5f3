package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"mingjing/internal/audit"
	"mingjing/internal/disclose"
	"mingjing/internal/identity"
	"mingjing/internal/store"
	"mingjing/internal/store/snapshot"
	"mingjing/internal/supervise"
)

// AuditDesk answers questions of auditors' own; *audit.Desk is one.
type AuditDesk interface {
	Snapshots() (list []audit.Snapshot, making bool, failed string, err error)
	Begin()
	Ask(ctx context.Context, q audit.Question, to snapshot.Answer) (*audit.Told, error)
	Limits() audit.Limits
	Export(ctx context.Context, q audit.Question, format string) (*audit.Taken, error)
	Taken(person string) ([]audit.Taken, error)
	Fetch(person, id string, begin func(t audit.Taken) io.Writer) error
}

// AuditAskings reads what auditors asked; refold.Askings is one.
type AuditAskings interface {
	Of(ctx context.Context, month time.Time, limit int) ([]supervise.Asking, error)
}

// AuditQuestions keeps questions; *store.DB does.
type AuditQuestions interface {
	SavedViews(ctx context.Context, owners []string, page string) ([]store.SavedViewRow, error)
	SavedView(ctx context.Context, id string) (*store.SavedViewRow, error)
	PutSavedView(ctx context.Context, v store.SavedViewRow, most int) error
	DropSavedView(ctx context.Context, id string) error
}

var (
	problemNoDesk     = kind{"A121", 503, "此端口未启用自助查询", "No questions are taken at this port", "请运维为审计端口启用查询", "Ask the operator to enable them", "never"}
	problemNoSnapshot = kind{"A122", 409, "尚无快照", "No snapshot has been taken yet", "先生成快照（POST /api/v1/audit/snapshots），完成后再查询", "Take one (POST /api/v1/audit/snapshots) and ask when it is there", "after mending"}
	problemAsking     = kind{"A123", 429, "其他查询正在进行", "Others are asking", "稍后再试", "Try again in a moment", "later"}
)

func (s *Server) routesAsk(api huma.API) {
	huma.Register(api, auditing(http.MethodGet, "list-audit-tables", "tables", "Documented tables 查询表说明", "The tables that questions may ask, with their columns."), s.listAuditTables)
	huma.Register(api, auditing(http.MethodGet, "list-audit-snapshots", "snapshots", "Snapshots 快照", "The moments as of which questions are answered, the newest first. A snapshot is never changed; the last three are kept."), s.listAuditSnapshots)
	begin := auditing(http.MethodPost, "begin-audit-snapshot", "snapshots", "Take a snapshot 生成快照", "Begins; ask for the list to see it come.")
	begin.DefaultStatus = http.StatusAccepted
	huma.Register(api, begin, s.beginAuditSnapshot)
	huma.Register(api, auditing(http.MethodPost, "ask-audit", "queries", "Ask 查询", "One SELECT over a snapshot (the SQL of SQLite). The question is a record of the log before it runs: what cannot be recorded is not asked (A041). "+
		"Data of persons are masked; with personal, after a fresh proof (A067), they stand in personal.value.", 404, 409, 429), s.askAudit)
	export := auditing(http.MethodPost, "export-audit", "exports", "Take an answer out 导出", "The answer to a question as CSV, Excel or Parquet, made beside; a record of the log before it runs, as any question. Ask for the list to see it come.", 404, 409)
	export.DefaultStatus = http.StatusAccepted
	huma.Register(api, export, s.exportAudit)
	huma.Register(api, auditing(http.MethodGet, "list-audit-exports", "exports", "What I took out 我的导出", "The newest first; removed after a day."), s.listAuditExports)
	file := auditing(http.MethodGet, "get-audit-export", "exports/{id}/file", "File of an export 下载导出文件", "A ZIP of the file and its manifest, which the log's key has signed: `mingjing verify FILE` checks both.", 404)
	file.Responses = map[string]*huma.Response{"200": {Description: "The file", Content: map[string]*huma.MediaType{"application/zip": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}}
	huma.Register(api, file, s.getAuditExport)
	huma.Register(api, auditing(http.MethodGet, "list-audit-queries", "queries", "What was asked 查询记录", "By all auditors in a month, from the log, the latest first; at most 500."), s.listAuditQueries)
	huma.Register(api, auditing(http.MethodGet, "list-audit-questions", "questions", "Kept questions 常用查询", "The program's own, one's own, and what colleagues share."), s.listAuditQuestions)
	huma.Register(api, auditing(http.MethodPost, "keep-audit-question", "questions", "Keep a question 保存查询", "Under a name; shared with all auditors if wanted."), s.keepAuditQuestion)
	huma.Register(api, auditing(http.MethodPut, "change-audit-question", "questions/{id}", "Change a question 修改查询", "Of one's own.", 404), s.changeAuditQuestion)
	huma.Register(api, auditing(http.MethodDelete, "drop-audit-question", "questions/{id}", "Drop a question 删除查询", "Of one's own.", 404), s.dropAuditQuestion)
}

// desk is the desk of this port, or a problem.
func (s *Server) desk(ctx context.Context) (AuditDesk, error) {
	if s.cfg.Audit == nil || s.cfg.Audit.Desk == nil {
		return nil, problemNoDesk.problem(requestID(ctx), "")
	}
	return s.cfg.Audit.Desk, nil
}

// AuditTables are the documented tables.
type AuditTables struct {
	Items    []disclose.Tabled `json:"items"`
	Personal disclose.Tabled   `json:"personal" doc:"What is masked in the others, named personal.value, for who proved who they are"`
}

func (s *Server) listAuditTables(context.Context, *struct{}) (*out[AuditTables], error) {
	return &out[AuditTables]{AuditTables{Items: disclose.Tables(), Personal: disclose.PersonalTable()}}, nil
}

// AuditSnapshots are the snapshots that are kept.
type AuditSnapshots struct {
	Items  []audit.Snapshot `json:"items"`
	Making bool             `json:"making" doc:"Another is being taken"`
	Failed string           `json:"failed,omitempty" doc:"The last one came to nothing"`
	Within int              `json:"within" doc:"Seconds that a question may take"`
	Rows   int              `json:"rows" doc:"Rows that an answer shows at most"`
}

func (s *Server) auditSnapshots(ctx context.Context) (*out[AuditSnapshots], error) {
	desk, err := s.desk(ctx)
	if err != nil {
		return nil, err
	}
	list, making, failed, err := desk.Snapshots()
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	l := desk.Limits()
	return &out[AuditSnapshots]{AuditSnapshots{Items: list, Making: making, Failed: failed, Within: int(l.Within.Seconds()), Rows: l.Rows}}, nil
}

func (s *Server) listAuditSnapshots(ctx context.Context, _ *struct{}) (*out[AuditSnapshots], error) {
	return s.auditSnapshots(ctx)
}

func (s *Server) beginAuditSnapshot(ctx context.Context, _ *struct{}) (*out[AuditSnapshots], error) {
	desk, err := s.desk(ctx)
	if err != nil {
		return nil, err
	}
	desk.Begin()
	return s.auditSnapshots(ctx)
}

type askInput struct {
	Body struct {
		SQL      string `json:"sql" minLength:"1" maxLength:"20000"`
		Snapshot string `json:"snapshot,omitempty" maxLength:"40" doc:"Id of a snapshot; absent: the newest"`
		Personal bool   `json:"personal,omitempty" doc:"With personal.value, which a fresh proof is asked for"`
	}
}

// AuditAnswer is the answer to a question.
type AuditAnswer struct {
	Asked    supervise.Asking `json:"asked" doc:"The question as it stands in the log"`
	Snapshot audit.Snapshot   `json:"snapshot"`
	Columns  []string         `json:"columns"`
	Rows     [][]any          `json:"rows" doc:"Text, numbers and null"`
	More     bool             `json:"more" doc:"There are more rows than an answer shows"`
	Millis   int64            `json:"millis" doc:"How long it took"`
}

// shownAnswer keeps an answer for a screen.
type shownAnswer struct {
	AuditAnswer
	bytes int
}

// maxAnswer bounds an answer on a screen in bytes, roughly.
const maxAnswer = 16 << 20

var errLongAnswer = errors.New("the answer is too long for a screen / 结果过大，请少选列或导出为文件")

func (a *shownAnswer) Columns(names, _ []string) error {
	a.AuditAnswer.Columns = names
	return nil
}

func (a *shownAnswer) Row(values []any) error {
	for _, v := range values {
		a.bytes += 16
		if text, ok := v.(string); ok {
			a.bytes += len(text)
		}
	}
	if a.bytes > maxAnswer {
		return errLongAnswer
	}
	a.Rows = append(a.Rows, values)
	return nil
}

// asking is who asks, for the log.
func (s *Server) asking(ctx context.Context, act string) supervise.Asking {
	who, me := identity.Who(ctx), s.actor(ctx)
	a := supervise.Asking{Act: act, Person: who.Person, Name: me.Name, Post: who.Post.ID, Office: me.Office}
	if me.For != nil {
		a.ForName = me.For.Name
	}
	return a
}

func (s *Server) askAudit(ctx context.Context, in *askInput) (*out[AuditAnswer], error) {
	desk, err := s.desk(ctx)
	if err != nil {
		return nil, err
	}
	if in.Body.Personal {
		if err := s.needProof(ctx); err != nil {
			return nil, err
		}
	}
	q := audit.Question{Asking: s.asking(ctx, supervise.AskQuery), ID: in.Body.Snapshot, Rows: desk.Limits().Rows}
	q.SQL, q.Personal = in.Body.SQL, in.Body.Personal
	answer := &shownAnswer{AuditAnswer: AuditAnswer{Rows: [][]any{}}}
	told, err := desk.Ask(ctx, q, answer)
	if err != nil {
		return nil, s.askFault(ctx, err)
	}
	answer.Asked, answer.Snapshot, answer.More, answer.Millis = told.Asking, told.Snapshot, told.More, told.Took.Milliseconds()
	return &out[AuditAnswer]{answer.AuditAnswer}, nil
}

// askFault turns what the desk says into a problem.
func (s *Server) askFault(ctx context.Context, err error) error {
	var wrong *audit.Wrong
	switch id := requestID(ctx); {
	case errors.As(err, &wrong), errors.Is(err, supervise.ErrAsking), errors.Is(err, errLongAnswer):
		return badField(ctx, "sql", err)
	case errors.Is(err, audit.ErrNone):
		return problemNoSnapshot.problem(id, "")
	case errors.Is(err, audit.ErrNotKept):
		return notFound(ctx)
	case errors.Is(err, audit.ErrBusy):
		return problemAsking.problem(id, "")
	case errors.Is(err, audit.ErrNotNoted):
		return s.fault(ctx, errors.Join(errNotNoted, err))
	}
	return s.fault(ctx, err)
}

type exportAuditInput struct {
	Body struct {
		SQL      string `json:"sql" minLength:"1" maxLength:"20000"`
		Format   string `json:"format" enum:"csv,xlsx,parquet"`
		Snapshot string `json:"snapshot,omitempty" maxLength:"40" doc:"Id of a snapshot; absent: the newest"`
		Personal bool   `json:"personal,omitempty" doc:"With personal.value, which a fresh proof is asked for"`
	}
}

// AuditExports are what somebody took out.
type AuditExports struct {
	Items []audit.Taken `json:"items"`
}

func (s *Server) exportAudit(ctx context.Context, in *exportAuditInput) (*out[audit.Taken], error) {
	desk, err := s.desk(ctx)
	if err != nil {
		return nil, err
	}
	if in.Body.Personal {
		if err := s.needProof(ctx); err != nil {
			return nil, err
		}
	}
	q := audit.Question{Asking: s.asking(ctx, supervise.AskExport), ID: in.Body.Snapshot}
	q.SQL, q.Personal = in.Body.SQL, in.Body.Personal
	taken, err := desk.Export(ctx, q, in.Body.Format)
	if err != nil {
		return nil, s.askFault(ctx, err)
	}
	return &out[audit.Taken]{*taken}, nil
}

func (s *Server) listAuditExports(ctx context.Context, _ *struct{}) (*out[AuditExports], error) {
	desk, err := s.desk(ctx)
	if err != nil {
		return nil, err
	}
	list, err := desk.Taken(identity.Who(ctx).Person)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	return &out[AuditExports]{AuditExports{list}}, nil
}

func (s *Server) getAuditExport(ctx context.Context, in *exportInput) (*huma.StreamResponse, error) {
	desk, err := s.desk(ctx)
	if err != nil {
		return nil, err
	}
	person := identity.Who(ctx).Person
	list, err := desk.Taken(person)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	i := slices.IndexFunc(list, func(t audit.Taken) bool { return t.ID == in.ID && t.State == "done" })
	if i < 0 {
		return nil, notFound(ctx)
	}
	if list[i].Asked.Personal {
		if err := s.needProof(ctx); err != nil {
			return nil, err
		}
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		err := desk.Fetch(person, in.ID, func(t audit.Taken) io.Writer {
			c.SetHeader("Content-Type", "application/zip")
			c.SetHeader("Content-Disposition", `attachment; filename="mingjing-`+t.Format+"-"+t.ID[:min(8, len(t.ID))]+`.zip"`)
			return c.BodyWriter()
		})
		if err != nil {
			s.cfg.Log.ErrorContext(ctx, "api", "request_id", requestID(ctx), "error", err)
			panic(http.ErrAbortHandler) // a file that ends early must not look whole
		}
	}}, nil
}

type monthInput struct {
	Month string `query:"month" pattern:"^[0-9]{4}-[0-9]{2}$" patternDescription:"2006-01" doc:"Absent: this month"`
}

// AuditQueries is what auditors asked.
type AuditQueries struct {
	Items []supervise.Asking `json:"items"`
}

func (s *Server) listAuditQueries(ctx context.Context, in *monthInput) (*out[AuditQueries], error) {
	if _, err := s.desk(ctx); err != nil {
		return nil, err
	}
	month := s.cfg.Clock()
	if in.Month != "" {
		var err error
		if month, err = time.Parse("2006-01", in.Month); err != nil {
			return nil, badParameter(ctx, "month", "write a month as 2006-01")
		}
	}
	list, err := s.cfg.Audit.Askings.Of(ctx, month, 500)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if list == nil {
		list = []supervise.Asking{}
	}
	return &out[AuditQueries]{AuditQueries{list}}, nil
}

// AuditQuestion is a question that is kept.
type AuditQuestion struct {
	ID string `json:"id"`
	AuditQuestionBody
	Mine  bool            `json:"mine" doc:"Who asks may change it"`
	By    string          `json:"by,omitempty" doc:"Who keeps it"`
	Words *disclose.Words `json:"words,omitempty" doc:"Of the program's own: its name"`
}

// AuditQuestionBody is what a kept question says.
type AuditQuestionBody struct {
	Name   string `json:"name,omitempty" maxLength:"100"`
	SQL    string `json:"sql" minLength:"1" maxLength:"20000"`
	Shared bool   `json:"shared,omitempty" doc:"With all auditors"`
}

// AuditQuestions is what may be asked by name.
type AuditQuestionList struct {
	Items []AuditQuestion `json:"items"`
}

// keptQuestion is what the store keeps of a question.
type keptQuestion struct {
	AuditQuestionBody
	Person string `json:"person"`
	By     string `json:"by"`
}

// Owners of kept questions in the store: everybody's, and a person's.
const (
	questionsShared = "audit"
	questionsOf     = "audit:"
)

func (s *Server) listAuditQuestions(ctx context.Context, _ *struct{}) (*out[AuditQuestionList], error) {
	if _, err := s.desk(ctx); err != nil {
		return nil, err
	}
	list := AuditQuestionList{Items: []AuditQuestion{}}
	for _, q := range audit.Questions() {
		list.Items = append(list.Items, AuditQuestion{ID: q.ID, AuditQuestionBody: AuditQuestionBody{SQL: q.SQL}, Words: &disclose.Words{ZH: q.ZH, EN: q.EN}})
	}
	rows, err := s.cfg.Audit.Questions.SavedViews(ctx, []string{questionsShared, questionsOf + identity.Who(ctx).Person}, "")
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	for i := range rows {
		q, err := questionOf(ctx, &rows[i])
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		list.Items = append(list.Items, *q)
	}
	return &out[AuditQuestionList]{list}, nil
}

func questionOf(ctx context.Context, row *store.SavedViewRow) (*AuditQuestion, error) {
	var kept keptQuestion
	if err := json.Unmarshal(row.Body, &kept); err != nil {
		return nil, err
	}
	return &AuditQuestion{ID: row.ID, AuditQuestionBody: kept.AuditQuestionBody, Mine: kept.Person == identity.Who(ctx).Person, By: kept.By}, nil
}

type questionInput struct{ Body AuditQuestionBody }

type changeQuestionInput struct {
	ID   string `path:"id" maxLength:"40"`
	Body AuditQuestionBody
}

func (s *Server) keepAuditQuestion(ctx context.Context, in *questionInput) (*out[AuditQuestion], error) {
	if _, err := s.desk(ctx); err != nil {
		return nil, err
	}
	return s.putQuestion(ctx, randomID(), in.Body)
}

func (s *Server) putQuestion(ctx context.Context, id string, body AuditQuestionBody) (*out[AuditQuestion], error) {
	who := identity.Who(ctx)
	if body.Name = strings.TrimSpace(body.Name); body.Name == "" {
		return nil, badField(ctx, "name", errors.New("请填写名称 / give it a name"))
	}
	text, err := json.Marshal(keptQuestion{body, who.Person, who.Name})
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	row := store.SavedViewRow{ID: id, Owner: questionsOf + who.Person, Page: "audit", Changed: s.cfg.Clock().UTC().Truncate(time.Millisecond), Body: text}
	if body.Shared {
		row.Owner = questionsShared
	}
	err = s.cfg.Audit.Questions.PutSavedView(ctx, row, maxViews)
	switch {
	case errors.Is(err, store.ErrTaken):
		return nil, badField(ctx, "name", errors.New("已保存一百个查询，请先删除 / a hundred questions are kept already: drop one first"))
	case errors.Is(err, store.ErrText):
		return nil, badField(ctx, "name", errors.New("无法保存 / it cannot be kept as it is written"))
	case err != nil:
		return nil, s.fault(ctx, err)
	}
	return &out[AuditQuestion]{AuditQuestion{ID: id, AuditQuestionBody: body, Mine: true, By: who.Name}}, nil
}

// ownQuestion reports whether a kept question is of who asks; else it answers.
func (s *Server) ownQuestion(ctx context.Context, id string) error {
	if _, err := s.desk(ctx); err != nil {
		return err
	}
	row, err := s.cfg.Audit.Questions.SavedView(ctx, id)
	if err != nil {
		return s.fault(ctx, err)
	}
	if row == nil || row.Owner != questionsShared && !strings.HasPrefix(row.Owner, questionsOf) {
		return notFound(ctx)
	}
	q, err := questionOf(ctx, row)
	if err != nil {
		return s.fault(ctx, err)
	}
	if !q.Mine {
		return notFound(ctx)
	}
	return nil
}

func (s *Server) changeAuditQuestion(ctx context.Context, in *changeQuestionInput) (*out[AuditQuestion], error) {
	if err := s.ownQuestion(ctx, in.ID); err != nil {
		return nil, err
	}
	return s.putQuestion(ctx, in.ID, in.Body)
}

func (s *Server) dropAuditQuestion(ctx context.Context, in *viewInput) (*struct{}, error) {
	if err := s.ownQuestion(ctx, in.ID); err != nil {
		return nil, err
	}
	if err := s.cfg.Audit.Questions.DropSavedView(ctx, in.ID); err != nil {
		return nil, s.fault(ctx, err)
	}
	return &struct{}{}, nil
}
