package ledger

import (
	"fmt"
	"maps"
	"slices"
)

// An erasedRow is a row of which something is gone; an erasure record further
// down must cover it.
type erasedRow struct {
	count int               // fields gone from the row
	open  map[string]string // committed fields that are there
	batch int64
}

type orderSeen struct {
	Erasure
	at    int64    // position of the erasure record
	codes []string // that it carries: those of its target
}

type erasedBatchUse struct {
	batch, order int64
}

// noteErasedBatch remembers that the body of a row's batch is gone; order is the
// position of the erasure record that did it.
func (c *rowCheck) noteErasedBatch(row *Row, order int64) {
	if c.gone == nil {
		c.gone = map[erasedBatchUse][]int64{}
	}
	use := erasedBatchUse{row.Batch, order}
	c.gone[use] = append(c.gone[use], row.Position)
}

// erasures matches what is gone with the erasure records.
func (c *rowCheck) erasures() error {
	named := map[int64]map[string]bool{} // by target: committed names that orders took away
	for i := range c.orders {
		o := &c.orders[i]
		if named[o.Position] == nil {
			named[o.Position] = map[string]bool{}
		}
		for _, name := range o.Fields {
			named[o.Position][erasedName(name)] = true
		}
		gone := c.erased[o.Position]
		if gone == nil {
			c.report.Add(TroubleErasure, o.Position, "", fmt.Sprintf("%s 号决定（第 %d 条）尚未执行：值仍在；重启服务即补做", o.Order, o.at),
				fmt.Sprintf("order %s (record %d) is not carried out: the value is still there; a restart of the server does it", o.Order, o.at))
			continue
		}
		for _, name := range o.Fields {
			if _, there := gone.open[erasedName(name)]; there {
				c.report.Add(TroubleErasure, o.Position, name, fmt.Sprintf("%s 号决定要删除的字段仍在", o.Order), fmt.Sprintf("order %s erased this field, but it is there", o.Order))
			}
		}
		c.report.Erased = append(c.report.Erased, ErasedPart{Position: o.Position, Order: o.Order, Record: o.at, Fields: o.Fields})
	}
	for _, at := range slices.Sorted(maps.Keys(c.erased)) {
		if gone, covered := c.erased[at].count, len(named[at]); gone != covered {
			c.report.Add(TroubleErasure, at, "", fmt.Sprintf("缺 %d 个字段，删除决定只涵盖 %d 个：记录被改动", gone, covered),
				fmt.Sprintf("%d fields are gone, orders cover %d: the record was altered", gone, covered))
		}
	}
	for use, rows := range c.gone {
		lawful := slices.ContainsFunc(c.orders, func(o orderSeen) bool { return o.at == use.order && slices.Contains(rows, o.Position) })
		if !lawful {
			c.report.Add(TroubleErasure, rows[0], FieldBatch, fmt.Sprintf("批次 %d 的报文已不在，但没有相应的删除决定", use.batch),
				fmt.Sprintf("the body of batch %d is gone and no order covers it", use.batch))
		}
	}
	return c.erasureCodes()
}

// erasureCodes checks that erasure records carry the routing codes of their
// targets, so that what was folded from them is folded anew.
func (c *rowCheck) erasureCodes() error {
	for len(c.orders) > 0 {
		n := min(len(c.orders), 500)
		at := make([]int64, n)
		for i := range n {
			at[i] = c.orders[i].Position
		}
		rows, err := c.opt.Store.RowsAt(c.ctx, at)
		if err != nil {
			return err
		}
		codes := map[int64][]string{}
		for _, row := range rows {
			codes[row.Position] = row.Codes
		}
		for _, o := range c.orders[:n] {
			if !sameSet(codes[o.Position], o.codes) {
				c.report.Add(TroubleIndex, o.at, "codes", "删除记录的路由码与其对象不符", "the routing codes of an erasure record are not those of its target")
			}
		}
		c.orders = c.orders[n:]
	}
	return nil
}
