package detect

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
)

// A look is a finding in the making.
type look struct {
	f      Finding
	info   Info
	set    effective
	values []string // what stands at each piece of evidence, for the digest, in the order of the evidence
	terse  bool
}

func start(info Info, d *docket.Docket, lot string, set effective) *look {
	return &look{info: info, set: set, terse: d.Index != nil && d.Index.Terse, f: Finding{
		Indicator: info.ID, Docket: d.ID, Lot: lot, Subjects: []string{}, Evidence: []docket.Ref{},
		Grade: info.Grade, Article: info.Article, Settings: set.Name,
	}}
}

// see adds one piece of evidence with the value that stands there.
func (l *look) see(ref docket.Ref, value string) *look {
	if slices.Contains(l.f.Evidence, ref) {
		return l
	}
	if len(l.values) == 0 {
		l.f.Evidence, l.values = make([]docket.Ref, 0, 4), make([]string, 0, 4)
	}
	l.f.Evidence = append(l.f.Evidence, ref)
	l.values = append(l.values, value)
	return l
}

// seeField adds a field of a row as evidence.
func (l *look) seeField(e *docket.Entry, field string) *look {
	return l.see(timeline.RefOf(e, field), e.Fields[field])
}

// seeEvent adds an occurrence of an event as evidence.
func (l *look) seeEvent(o timeline.Occurrence) *look {
	return l.see(o.Ref, o.At.String())
}

// answer sets state and sentences and finishes.
func (l *look) answer(s State, value, zh, en string) Finding {
	if a, ok := advice[l.info.ID]; ok && s == Fired {
		zh, en = zh+"核查要点："+a[0]+"。", en+" What to look at: "+a[1]+"."
	}
	l.f.State, l.f.Value, l.f.TextZH, l.f.TextEN = s, value, zh, en
	return l.done()
}

// lacks answers that data lack; reason names the field, or is Sealed.
func (l *look) lacks(reason string) Finding {
	l.f.State, l.f.Reason = InsufficientData, reason
	if l.terse {
		return l.done()
	}
	if reason == Sealed {
		l.f.TextZH, l.f.TextEN = "投标信息尚未解密，开标后自动判断", "The bids are still sealed; this is judged once the lot is opened"
	} else {
		l.f.TextZH, l.f.TextEN = "数据不足，暂不能判断，缺少："+reason, "Not enough data to tell; missing: "+reason
	}
	return l.done()
}

// notApplicable answers that the question does not arise.
func (l *look) notApplicable(reasonZH, reason string) Finding {
	l.f.State, l.f.Reason = NotApplicable, reason
	if l.terse {
		return l.done()
	}
	l.f.TextZH, l.f.TextEN = "不适用："+reasonZH, "Not applicable: "+reason
	return l.done()
}

func (l *look) again(at time.Time) *look {
	l.f.Again = at
	return l
}

func (l *look) threshold(s string) *look {
	l.f.Threshold = s
	return l
}

func (l *look) done() Finding {
	if l.terse && l.f.State != Fired && l.f.State != Failed {
		l.f.TextZH, l.f.TextEN = "", ""
		return l.f
	}
	sort.Strings(l.f.Subjects)
	l.f.Subjects = slices.Compact(l.f.Subjects)
	l.f.Key = hash("mingjing/finding/1", append([]string{l.info.ID, l.f.Docket, l.f.Lot}, l.f.Subjects...)...)
	values := make([]string, len(l.values))
	for i, v := range l.values {
		ref := l.f.Evidence[i]
		values[i] = ref.Dataset + "\x00" + ref.Origin + "\x00" + ref.Key + "\x00" + ref.Field + "\x00" + v
	}
	sort.Strings(values)
	l.f.Digest = hash("mingjing/evidence/1", append([]string{l.info.ID, strconv.Itoa(l.info.Version), l.set.text()}, values...)...)
	return l.f
}

// hash is the hex SHA-256 of a domain and parts, each with its length before
// it, so that no two lists of parts look alike.
func hash(domain string, parts ...string) string {
	h := sha256.New()
	for _, p := range append([]string{domain}, parts...) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Vector writes the states of findings in the fewest letters: for each
// indicator its id, a colon and a letter a finding in order — f fired, c clear,
// i insufficient data, n not applicable, x failed — such as
// "A02:c A05:f A13:c D01:i K01:ccfc".
func Vector(fs []Finding) string {
	letters := map[State]byte{Fired: 'f', Clear: 'c', InsufficientData: 'i', NotApplicable: 'n', Failed: 'x'}
	var b strings.Builder
	last := ""
	for _, f := range fs {
		if f.Indicator != last {
			if last != "" {
				b.WriteByte(' ')
			}
			b.WriteString(f.Indicator + ":")
			last = f.Indicator
		}
		c, ok := letters[f.State]
		if !ok {
			c = '?'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// eachLot asks one question of every lot of a docket.
func eachLot(d *docket.Docket, env Env, ask func(d *docket.Docket, lot string, env Env) Finding) []Finding {
	env = env.filled()
	lots := timeline.Lots(d)
	fs := make([]Finding, 0, len(lots))
	for _, lot := range lots {
		fs = append(fs, ask(d, lot, env))
	}
	return fs
}

// ended returns the live rows that report the lot's tender as failed, ended or
// its notice withdrawn: every type but 9, "other".
func ended(d *docket.Docket, lot string) []*docket.Entry {
	return docket.Once(d, docket.Key{Kind: "ended", Lot: lot}, func() []*docket.Entry { return makeEnded(d, lot) })
}

func makeEnded(d *docket.Docket, lot string) []*docket.Entry {
	var rows []*docket.Entry
	for _, e := range append(timeline.Rows(d, "517", lot), timeline.Rows(d, "1900", lot)...) {
		if e.Fields["EXCEPITON_TYPE"] != "9" {
			rows = append(rows, e)
		}
	}
	return rows
}
