package exchange

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"mingjing/internal/feed"
	"mingjing/internal/ledger"
	"mingjing/internal/refold"
	"mingjing/internal/supervise"
)

// Instructions are what supervisors tell trading systems; *refold.Instructions
// are some. Errors wrap supervise.ErrAct, supervise.ErrNoInstruction or
// refold.ErrCursor, or are faults.
type Instructions interface {
	// Tell gives what trading systems with these platform codes are told after a
	// step; when there is nothing it waits.
	Tell(ctx context.Context, platforms []string, after string, limit int, wait time.Duration) ([]refold.Told, error)
	// Answer takes what a trading system says; again: it had said so before.
	Answer(ctx context.Context, source ledger.Author, platforms []string, act supervise.InstructionAct, ev *ledger.Evidence) (i *supervise.Instruction, receipt ledger.Receipt, again bool, err error)
}

const instructionsPath = "/exchange/v1/instructions"

// Bounds of asking for instructions.
const (
	maxInstructions = 100       // on a page
	waitsOfSource   = 8         // requests of one source that wait at once
	maxAnswer       = 64 * 1024 // bytes of an answer
)

// InstructionPage is what a trading system is told.
type InstructionPage struct {
	Items []InstructionItem `json:"items" doc:"In the order in which they were given; empty when there is nothing, or the wait was over"`
	Next  string            `json:"next" doc:"Ask with after=next&wait=30 for what comes"`
}

// InstructionItem is one instruction, or the word that it was recalled.
type InstructionItem struct {
	Cursor        string     `json:"cursor,omitempty" doc:"Of this item; absent in the answer to your own step"`
	ID            string     `json:"id" doc:"Of the instruction; answer with it"`
	State         string     `json:"state" enum:"issued,acknowledged,executed,declined,recalled" doc:"As it stands now; recalled: do nothing, or undo what you began"`
	Platform      string     `json:"platform" doc:"Your platform code to which it goes"`
	Docket        string     `json:"docket" doc:"Tender project code"`
	Lot           string     `json:"lot,omitempty" doc:"Section code; absent: the whole tender"`
	Kind          string     `json:"kind" enum:"ask,correct,pause,resume,stop,reevaluate"`
	ZH            string     `json:"zh" doc:"The kind in words"`
	EN            string     `json:"en"`
	Text          string     `json:"text" doc:"What to do, and why"`
	Office        string     `json:"office" doc:"Supervising department that gave it"`
	Issued        time.Time  `json:"issued" doc:"When it went out"`
	AcknowledgeBy *time.Time `json:"acknowledge_by,omitempty" doc:"Until when to say that you have it"`
	ExecuteBy     *time.Time `json:"execute_by,omitempty" doc:"Until when to report that it is done"`
	Overdue       bool       `json:"overdue" doc:"A term is over: the department above has been told"`
	Recalled      *time.Time `json:"recalled,omitempty"`
	Reason        string     `json:"reason,omitempty" doc:"Of the recall"`
}

// InstructionAnswer is what a trading system says about an instruction.
type InstructionAnswer struct {
	Instruction string `json:"instruction" doc:"Its id"`
	Step        string `json:"step" enum:"acknowledge,execute,decline" doc:"acknowledge: you have it; execute: it is done, of ask the answer; decline: you will not, and why"`
	Text        string `json:"text,omitempty" maxLength:"2000" doc:"What was done, the answer, or the reason; required but of acknowledge"`
}

// InstructionAnswered is what became of an answer.
type InstructionAnswered struct {
	RequestID   string          `json:"request_id"`
	Repeated    bool            `json:"repeated" doc:"You had said so before; nothing was changed, and the receipt is the first one's"`
	Receipt     ledger.Receipt  `json:"receipt" doc:"Of the record of your answer in the log; its proof is at /exchange/v1/receipts/{position}"`
	Instruction InstructionItem `json:"instruction" doc:"As it stands now"`
}

// kindWords are the kinds of instructions in words.
var kindWords = map[supervise.InstructionKind][2]string{
	supervise.Ask: {"询问", "question to be answered"}, supervise.Correct: {"责令改正", "order to correct"}, supervise.Pause: {"责令暂停", "order to pause"},
	supervise.ResumeTrade: {"恢复交易", "order to resume"}, supervise.Stop: {"责令终止", "order to stop"}, supervise.Reevaluate: {"责令重新评审", "order to evaluate anew"},
}

func (d *door) instructionItem(i *supervise.Instruction, cursor string) InstructionItem {
	at := i.At(d.Clock())
	words := kindWords[i.Kind]
	item := InstructionItem{
		Cursor: cursor, ID: i.ID, State: string(i.State), Platform: i.To, Docket: i.Docket, Lot: i.Lot, Kind: string(i.Kind), ZH: words[0], EN: words[1], Text: i.Text,
		Office: i.Given.Office, Issued: i.Issued(), AcknowledgeBy: at.AcknowledgeBy, ExecuteBy: at.ExecuteBy, Overdue: at.Overdue,
	}
	if i.Recalled != nil {
		item.Recalled, item.Reason = &i.Recalled.At, i.Recalled.Text
	}
	return item
}

// waiters bounds how many requests of one source wait at once.
type waiters struct {
	mu sync.Mutex
	of map[string]int
}

func (w *waiters) enter(source string) (leave func(), ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.of[source] >= waitsOfSource {
		return nil, false
	}
	if w.of == nil {
		w.of = map[string]int{}
	}
	w.of[source]++
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.of[source]--; w.of[source] == 0 {
			delete(w.of, source)
		}
	}, true
}

// askInstructions tells the source that signed what it is to do.
func (d *door) askInstructions(c *call) *fault {
	if d.Instructions == nil {
		return &fault{rule: ruleNoAddress}
	}
	src, f := d.asker(c)
	if f != nil {
		return f
	}
	after, limit, wait, f := instructionQuery(c.URL.Query())
	if f != nil {
		return f
	}
	if wait > 0 {
		leave, ok := d.waiting.enter(src.Name)
		if !ok {
			return &fault{rule: ruleBusy, after: 5}
		}
		defer leave()
	}
	list, err := d.Instructions.Tell(c.Context(), src.Platforms, after, limit, wait)
	switch {
	case errors.Is(err, refold.ErrCursor):
		return &fault{rule: ruleParameter, field: "after", zh: "游标不是发给本系统的", en: refold.ErrCursor.Error()}
	case c.Context().Err() != nil: // the client went away
		return &fault{rule: ruleBusy, after: 5, internal: err}
	case err != nil:
		return &fault{rule: ruleStoreDown, internal: err}
	}
	page := InstructionPage{Items: []InstructionItem{}, Next: after}
	for i := range list {
		page.Items = append(page.Items, d.instructionItem(&list[i].Instruction, list[i].Step))
		page.Next = list[i].Step
	}
	c.idle = len(page.Items) == 0 // who waits all day would fill the journal with it
	c.answer(200, "application/json", &page)
	return nil
}

func instructionQuery(v url.Values) (after string, limit int, wait time.Duration, f *fault) {
	limit = maxInstructions
	for name, values := range v {
		number := func(least, most int) int {
			n, err := strconv.Atoi(values[0])
			if err != nil || n < least || n > most {
				f = &fault{
					rule: ruleParameter, field: name,
					zh: fmt.Sprintf("%s 应为 %d 至 %d 的整数", name, least, most), en: fmt.Sprintf("%s must be an integer from %d to %d", name, least, most),
				}
			}
			return n
		}
		switch name {
		case "after":
			if after = values[0]; len(after) > 64 {
				f = &fault{rule: ruleParameter, field: name, zh: "游标不是发给本系统的", en: refold.ErrCursor.Error()}
			}
		case "limit":
			limit = number(1, maxInstructions)
		case "wait":
			wait = time.Duration(number(0, int(feed.MaxWait/time.Second))) * time.Second
		default:
			f = &fault{rule: ruleParameter, zh: "没有此参数;可用 after、limit、wait", en: "no such parameter; there are after, limit and wait"}
		}
		if f != nil {
			return "", 0, 0, f
		}
	}
	return after, limit, wait, nil
}

// ReadInstructionAnswer reads the body of an answer; what it does not know is
// refused.
func ReadInstructionAnswer(body []byte) (a InstructionAnswer, err error) {
	err = json.Unmarshal(body, &a, json.RejectUnknownMembers(true))
	return a, err
}

// answerInstruction takes what the source that signed says.
func (d *door) answerInstruction(c *call) *fault {
	if d.Instructions == nil {
		return &fault{rule: ruleNoAddress}
	}
	if t, _, err := mime.ParseMediaType(c.Header.Get("Content-Type")); err != nil || t != "application/json" || c.Header.Get("Content-Encoding") != "" {
		return &fault{rule: ruleMedia, field: "Content-Type", zh: "应为 application/json，不压缩", en: "send application/json, without encoding"}
	}
	in, f := d.receive(c, maxAnswer)
	if f != nil {
		return f
	}
	defer in.done()
	a, err := ReadInstructionAnswer(in.body)
	if err != nil {
		return &fault{rule: ruleUndecodable, zh: "应为含 instruction、step、text 的 JSON 对象", en: "send a JSON object with instruction, step and text"}
	}
	act := supervise.InstructionAct{Instruction: a.Instruction, Step: supervise.Step(a.Step), Text: a.Text}
	i, receipt, again, err := d.Instructions.Answer(in.ctx, ledger.Author{Kind: "source", ID: in.source.Name, Key: in.evidence.KeyID}, in.source.Platforms, act, in.evidence)
	switch {
	case errors.Is(err, supervise.ErrNoInstruction):
		return &fault{rule: ruleNoInstruction, field: "instruction"}
	case errors.Is(err, supervise.ErrAct):
		zh, en, _ := strings.Cut(strings.TrimPrefix(err.Error(), supervise.ErrAct.Error()+": "), " / ")
		return &fault{rule: ruleInstruction, field: "step", zh: zh, en: en}
	case err != nil:
		return &fault{rule: ruleStoreDown, internal: err}
	}
	c.note.Bytes = len(in.body)
	c.answer(200, "application/json", &InstructionAnswered{RequestID: c.id, Repeated: again, Receipt: receipt, Instruction: d.instructionItem(i, "")})
	return nil
}

// describeInstructions writes the addresses into the OpenAPI document.
func describeInstructions(o *huma.OpenAPI, content func(mime string, s *huma.Schema) map[string]*huma.MediaType, responses func(ok *huma.Schema, statuses ...int) map[string]*huma.Response, signed []map[string][]string) {
	schema := func(v any) *huma.Schema { return o.Components.Schemas.Schema(reflect.TypeOf(v), true, "") }
	number := func(name string, least, most float64, doc string) *huma.Param {
		return &huma.Param{Name: name, In: "query", Description: doc, Schema: &huma.Schema{Type: huma.TypeInteger, Minimum: &least, Maximum: &most}}
	}
	for _, op := range []*huma.Operation{
		{
			OperationID: "read-instructions", Method: "GET", Path: instructionsPath, Summary: "Instructions to you 监督指令",
			Description: "What supervising departments tell you to do about trades of your platform codes, and what of it they recalled, in the order in which it was given. Ask with wait, so that you have it within a second; nobody else is told.",
			Parameters: []*huma.Param{
				{Name: "after", In: "query", Description: "next of the page before; absent: from the beginning", Schema: &huma.Schema{Type: huma.TypeString}},
				number("limit", 1, maxInstructions, "At most so many items; 100 when absent"), number("wait", 0, feed.MaxWait.Seconds(), "Seconds to wait when nothing is there yet; answered as soon as something is"),
			},
			Responses: responses(schema(InstructionPage{}), 401, 403, 422, 429, 500, 503),
		},
		{
			OperationID: "answer-instruction", Method: "POST", Path: instructionsPath, Summary: "Acknowledge, execute or decline 签收、报告执行或拒绝",
			Description: "Answered when durable. The same answer again changes nothing; an answer is not changed by another. An instruction may be executed or declined without having been acknowledged.",
			RequestBody: &huma.RequestBody{Required: true, Content: content("application/json", schema(InstructionAnswer{}))},
			Responses:   responses(schema(InstructionAnswered{}), 400, 401, 403, 404, 409, 413, 415, 429, 500, 503),
		},
	} {
		op.Tags, op.Security = []string{"exchange"}, signed
		o.AddOperation(op)
	}
}
