package detect

import (
	"fmt"
	"strings"
	"time"

	"mingjing/internal/trade"
)

// SilentAfter is how long a source may send nothing before it is silent: nights
// are quiet, weekends too; three days are not.
const SilentAfter = 72 * time.Hour

// silentLook is after how long a docket that waits for a silent source is
// looked at though nothing told that it spoke.
const silentLook = 6 * time.Hour

// silent says since when the source of a platform code has been silent, when
// something was due from it after its last word: what was due before it lacked
// while the source spoke.
func (e *Env) silent(origin string, due time.Time) (since time.Time, silent bool) {
	if e.Silent == nil || origin == "" {
		return time.Time{}, false
	}
	since, silent = e.Silent(origin)
	return since, silent && due.After(since)
}

const silentPrefix = "source "

// silentReason is the reason of an answer that waits for a silent source.
func silentReason(origin string, since time.Time) string {
	return silentPrefix + origin + " silent since " + since.In(trade.Zone).Format("2006-01-02 15:04")
}

// hushed answers that what lacks may lie with a source that is silent.
func (l *look) hushed(reason string, at time.Time) Finding {
	if next := at.Add(silentLook); l.f.Again.IsZero() || next.Before(l.f.Again) {
		l.again(next)
	}
	f := l.lacks(reason)
	if !l.terse {
		origin, since, _ := strings.Cut(strings.TrimPrefix(reason, silentPrefix), " silent since ")
		f.TextZH = fmt.Sprintf("数据来源 %s 自 %s 起未发送任何数据，暂不能判断，待其恢复后自动判断", origin, since)
		f.TextEN = fmt.Sprintf("Source %s has sent nothing since %s, so this cannot be told; it is judged once the source speaks", origin, since)
	}
	return f
}
