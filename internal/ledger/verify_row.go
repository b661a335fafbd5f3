package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/standard"
)

// A rowCheck checks the rows of a log in their order.
type rowCheck struct {
	ctx    context.Context
	opt    *VerifyOptions
	report *VerifyReport
	tree   *treeWalk
	head   Head
	ledger *Ledger // only store and keys: to open batches
	cache  batchCache

	next      int64 // position wanted
	count     int64
	received  time.Time
	lastBatch int64
	batchRows []*Row // rows of the batch under way, when CheckBatch wants them

	erased map[int64]*erasedRow       // rows with fields gone
	gone   map[erasedBatchUse][]int64 // rows whose batch has lost its body
	orders []orderSeen
	closed int64 // sealed parts that were not opened
	opened int64 // sealed parts that were
	lost   int64 // sealed parts whose key was destroyed
	macs   int64

	unindexed int64 // rows whose MACs could not all be recomputed: something in them is not readable
	codes     int64
	batches   int64
	unread    int64 // batches whose body cannot be read (sealed or erased)
}

func newRowCheck(ctx context.Context, opt *VerifyOptions, r *VerifyReport, w *treeWalk, head Head) *rowCheck {
	return &rowCheck{
		ctx: ctx, opt: opt, report: r, tree: w, head: head, erased: map[int64]*erasedRow{},
		ledger: &Ledger{store: opt.Store, keys: opt.Keyring}, cache: batchCache{store: opt.Store},
	}
}

// add notes a trouble with a row.
func (c *rowCheck) add(kind string, row *Row, field, zh, en string) {
	c.report.Add(kind, row.Position, field, zh, en)
}

// row checks the next row as the store gives it.
func (c *rowCheck) row(row *Row) error {
	if row.Position < c.next {
		c.add(TroubleOrder, row, "position", fmt.Sprintf("位置应为 %d：重复或换序", c.next), fmt.Sprintf("position should be %d: repeated or reordered", c.next))
		return nil
	}
	if err := c.gap(row.Position); err != nil {
		return err
	}
	c.count++
	if c.opt.Progress != nil && c.count%10_000 == 0 {
		c.opt.Progress(c.count, c.head.Size)
	}
	if row.Received.Before(c.received) {
		c.add(TroubleOrder, row, FieldReceived, "收到时间早于前一条记录："+ReceivedText(row.Received), "received before the record that stands before it: "+ReceivedText(row.Received))
	} else {
		c.received = row.Received
	}
	if _, ok := c.tree.want[row.Position]; ok {
		c.tree.times[row.Position] = ReceivedText(row.Received)
	}
	f, err := c.batch(row)
	if err != nil {
		return err
	}
	c.leaf(row, f)
	c.shape(row)
	rec := c.sealed(row)
	c.derived(row, rec)
	if c.opt.Seen != nil && rec != nil {
		c.opt.Seen(row, rec)
	}
	if e, ok := ParseErasure(row); ok {
		c.orders = append(c.orders, orderSeen{e, row.Position, row.Codes})
	}
	c.next = row.Position + 1
	return c.tree.push(row.Leaf)
}

// gap notes positions without a row. The tree takes a blank leaf for each, so
// that what follows keeps its place.
func (c *rowCheck) gap(to int64) error {
	if to == c.next {
		return nil
	}
	c.report.Add(TroubleMissing, c.next, "", fmt.Sprintf("第 %d 至 %d 条记录缺失", c.next, to-1), fmt.Sprintf("records %d to %d are missing", c.next, to-1))
	for ; c.next < to; c.next++ {
		if err := c.tree.push(Hash{}); err != nil {
			return err
		}
	}
	return nil
}

// leaf recomputes the leaf from the columns. When it differs, it looks for the
// one column whose mending would make it fit.
func (c *rowCheck) leaf(row *Row, f batchFact) {
	if f.err != nil {
		c.add(TroubleMissing, row, "batch", "所属报文批次缺失或损坏："+f.err.Error(), "its batch is missing or damaged: "+f.err.Error())
		return
	}
	leaf, err := RowLeaf(row, f.commitment)
	if err != nil {
		c.add(TroubleAltered, row, "", "列值已损坏："+err.Error(), "a column is damaged: "+err.Error())
		return
	}
	if leaf == row.Leaf {
		return
	}
	field := c.suspect(row, f, leaf)
	c.add(TroubleAltered, row, field, "内容与入库时承诺的不符：记录被改动", "its content is not what was committed to when it was logged: the record was altered")
}

func (c *rowCheck) suspect(row *Row, f batchFact, leaf Hash) string {
	if t, err := c.opt.Store.Tile(c.ctx, 0, row.Position/tileWidth); err == nil && t != nil {
		at := int(row.Position%tileWidth) * 32
		if h := leafHash(leaf); len(t.Hashes) >= at+32 && bytes.Equal(t.Hashes[at:at+32], h[:]) {
			return "leaf"
		}
	}
	try := func(change func(*Row)) bool {
		was := *row
		change(&was)
		got, err := RowLeaf(&was, f.commitment)
		return err == nil && got == row.Leaf
	}
	if try(func(r *Row) { r.History = !r.History }) {
		return FieldHistory
	}
	if f.row != nil {
		switch {
		case try(func(r *Row) { r.Received = f.row.Received }):
			return FieldReceived
		case try(func(r *Row) { r.Author.Kind, r.Author.ID = f.row.Author.Kind, f.row.Author.ID }):
			return FieldAuthor
		case try(func(r *Row) { r.Author.Key = f.row.Author.Key }):
			return FieldKeyID
		}
	}
	if k := c.opt.Keyring; k != nil && !row.whole() && !bytes.Equal(row.Identity, k.identity(row.Origin, row.Dataset, row.Key)) {
		return strings.Join([]string{FieldOrigin, FieldDataset, FieldKey}, "/")
	}
	return ""
}

// shape checks what the leaf alone would let pass.
func (c *rowCheck) shape(row *Row) {
	if k := row.Author.Kind; k != "source" && k != "person" && k != "system" {
		c.add(TroubleAltered, row, FieldAuthor, fmt.Sprintf("提交者类别 %q 不存在", k), fmt.Sprintf("there is no author of kind %q", k))
	}
	open, err := OpenFields(row)
	if err != nil {
		return // said by leaf
	}
	if len(row.Salts) > 0 {
		var kept map[string]string
		if err := json.Unmarshal(row.Salts, &kept); err == nil && (len(kept) != len(open) || len(row.Seed) > 0) {
			c.add(TroubleAltered, row, "salts", "留存的盐值与现存字段不对应", "the kept salts do not belong to the fields that are there")
		}
	}
	for i := 32; i+32 <= len(row.Commitments); i += 32 {
		if bytes.Compare(row.Commitments[i-32:i], row.Commitments[i:i+32]) > 0 {
			c.add(TroubleAltered, row, "commitments", "承诺未按序排列", "the commitments are not in order")
			break
		}
	}
	sealed, err := SealedCount(row)
	if err != nil {
		c.add(TroubleAltered, row, "sealed", "密封部分已损坏："+err.Error(), "the sealed parts are damaged: "+err.Error())
		return
	}
	if row.whole() && len(row.Fields)+len(row.Problems) > 0 {
		c.add(TroubleAltered, row, "fields/problems", "整条密封的记录不应有明文字段或缺陷", "a wholly sealed record must have no open fields or defects")
	}
	switch gone := len(row.Commitments)/32 - sealed; {
	case gone < 0:
		c.add(TroubleAltered, row, "sealed", "密封部分比承诺多", "there are more sealed fields than commitments")
	case gone > 0:
		c.erased[row.Position] = &erasedRow{count: gone, open: open, batch: row.Batch}
	case len(row.Salts) > 0:
		c.add(TroubleAltered, row, "salts", "没有删除字段却以盐值代替了种子", "salts stand in place of the seed although no field was erased")
	}
}

// sealed opens what may be opened, compares it with the stored commitments, and
// returns the whole record, nil when not all of it is readable.
func (c *rowCheck) sealed(row *Row) *standard.Record {
	parts, err := decodeParts(row.Sealed)
	if err != nil {
		return nil // said by shape
	}
	var g *reading
	if c.opt.Keyring == nil {
		c.closed += int64(len(parts))
		if len(parts) > 0 {
			return nil
		}
		open, err := OpenFields(row)
		if err != nil {
			return nil
		}
		g = &reading{fields: map[string]readField{}}
		for name, value := range open {
			g.fields[name] = readField{value: value}
		}
	} else {
		allow := func(e *keyEntry) bool { return mayOpen(e, closedIfNil(c.opt.Open), c.opt.Personal) }
		if g, err = c.opt.Keyring.readWith(row, allow, true); err != nil {
			c.add(TroubleAltered, row, "sealed", "密封部分打不开：被改动，或密钥环属于另一日志", "a sealed part does not open: it was altered, or the keyring is another log's")
			return nil
		}
		c.count3(len(parts), g)
	}
	if !c.matches(row, g) || g.envelope {
		c.unindexed++
		return nil
	}
	rec := g.record(row.Origin)
	for name, f := range g.fields { // record leaves Personal fields out
		if own, ok := senderName(name); ok {
			rec.Fields[own] = f.value
		}
	}
	if k := c.opt.Keyring; k != nil {
		c.macs++
		if !bytes.Equal(row.Identity, k.identity(rec.Origin, rec.Dataset, rec.Key)) {
			c.add(TroubleIndex, row, "identity", "标识索引与记录不符", "the column identity is not what origin, data set and key give")
		}
		whole := len(g.hidden) == 0 && !g.destroyed && c.erased[row.Position] == nil
		if !whole {
			c.unindexed++
		}
		if whole && !bytes.Equal(row.Content, k.content(&rec, slices.Sorted(maps.Keys(rec.Fields)))) {
			c.add(TroubleIndex, row, "content", "内容索引与记录不符", "the column content is not what revision and fields give")
		}
	}
	return &rec
}

func (c *rowCheck) count3(parts int, g *reading) {
	switch {
	case parts == 0:
	case g.destroyed:
		c.lost++
	case len(g.hidden) > 0 || g.envelope:
		c.closed += int64(parts)
	default:
		c.opened += int64(parts)
	}
}

// matches compares opened sealed fields with the commitments in the row.
func (c *rowCheck) matches(row *Row, g *reading) bool {
	have := map[Hash]bool{}
	for rest := row.Commitments; len(rest) >= 32; rest = rest[32:] {
		have[Hash(rest[:32])] = true
	}
	ok := true
	for name, f := range g.fields {
		if f.seal != standard.Open && !have[CommitSalted(f.salt, name, f.value)] {
			c.add(TroubleAltered, row, "sealed", "密封字段与其承诺不符", "a sealed field is not what was committed to")
			ok = false
		}
	}
	return ok
}

// derived compares codes and defects with what the record gives.
func (c *rowCheck) derived(row *Row, rec *standard.Record) {
	if row.whole() && c.opt.Keyring != nil {
		want, err := c.tokens(row)
		if err == nil && !sameSet(row.Codes, want) {
			c.add(TroubleIndex, row, "codes", "密封记录的路由码与其保险箱不符", "the routing codes of a sealed record are not those of its vaults")
		}
		if err == nil {
			c.codes++
		}
	}
	if rec == nil || row.whole() {
		return
	}
	if c.opt.Codes != nil {
		if _, erasure := ParseErasure(row); !erasure { // an erasure carries the codes of its target
			if want, ok := c.opt.Codes(row, rec); ok {
				c.codes++
				if !sameSet(row.Codes, want) {
					c.add(TroubleIndex, row, "codes", "路由码与记录不符", "the routing codes are not what the record gives")
				}
			}
		}
	}
}

var errKeyGone = errors.New("a key was destroyed")

// tokens returns the codes that the vaults of a wholly sealed row give.
func (c *rowCheck) tokens(row *Row) ([]string, error) {
	parts, err := decodeParts(row.Sealed)
	if err != nil {
		return nil, err
	}
	var codes []string
	for _, p := range parts {
		keys, have, err := c.opt.Keyring.all(p.box.ids)
		if err != nil || !have {
			return nil, errors.Join(err, errKeyGone)
		}
		for _, e := range keys {
			if p.whole {
				codes = append(codes, SealedCode(c.opt.Keyring.token(e.vault, e.seal)))
			}
		}
	}
	return codes, nil
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}
