package audit

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"mingjing/internal/store/snapshot"
)

// exitMemory is how the process ends that took more memory than it may.
const exitMemory = 77

// Work answers one question in the process that was started for it. It watches
// the memory of the whole process and ends it when that is more than the question may take.
func Work(ctx context.Context, in io.Reader, out io.Writer) error {
	var w work
	if err := json.UnmarshalRead(in, &w); err != nil {
		return err
	}
	w.Within = time.Duration(w.Millis) * time.Millisecond
	if w.Memory > 0 {
		go watch(w.Memory)
	}
	b := bufio.NewWriterSize(out, 256<<10)
	p := &printer{e: jsontext.NewEncoder(b)}
	last := line{End: true}
	rows, more, err := snapshot.Ask(ctx, w.Question, p)
	switch {
	case errors.Is(err, snapshot.ErrSQL):
		last = line{Wrong: strings.TrimPrefix(err.Error(), snapshot.ErrSQL.Error()+": ")}
	case errors.Is(err, snapshot.ErrLimit) && ctx.Err() == nil && err.Error() == snapshot.ErrLimit.Error()+": time":
		last = line{Limit: "time"}
	case errors.Is(err, snapshot.ErrLimit):
		last = line{Limit: err.Error()}
	case err != nil:
		last = line{Fault: err.Error()}
	default:
		last.Rows, last.More = rows, more
	}
	if err := json.MarshalEncode(p.e, last); err != nil {
		return err
	}
	return b.Flush()
}

// printer writes an answer, a line a row.
type printer struct{ e *jsontext.Encoder }

func (p *printer) Columns(names, types []string) error {
	return json.MarshalEncode(p.e, line{Columns: names, Types: types})
}

func (p *printer) Row(values []any) error {
	for i, v := range values {
		if s, ok := v.(string); ok { // what a trading system sent may be no UTF-8
			values[i] = strings.ToValidUTF8(s, "\uFFFD")
		}
		if f, ok := v.(float64); ok {
			switch {
			case math.IsInf(f, 0) || math.IsNaN(f):
				values[i] = nil
			case f == math.Trunc(f) && math.Abs(f) < 1e21: // which JSON would write as a whole number
				values[i] = jsontext.Value(strconv.FormatFloat(f, 'f', 1, 64))
			}
		}
	}
	return json.MarshalEncode(p.e, struct {
		Row []any `json:"row"`
	}{values})
}

// watch ends the process when it holds more memory than most.
func watch(most int64) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		if held() > most {
			os.Exit(exitMemory)
		}
	}
}
