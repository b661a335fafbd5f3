package ledger

import (
	"fmt"
	"slices"
)

// batch finds the kept batch of a row and checks that batches follow each
// other: each has at least one row, and the rows of one stand together.
func (c *rowCheck) batch(row *Row) (batchFact, error) {
	if row.Batch == 0 {
		if row.Author.Kind == "source" {
			c.add(TroubleMissing, row, "batch", "交易系统的记录没有所属报文", "a record of a source has no batch")
		}
		return batchFact{erased: -1}, nil
	}
	if row.Batch < c.lastBatch || row.Batch > c.head.Batches {
		c.add(TroubleAltered, row, "batch", fmt.Sprintf("批次号 %d 不连续", row.Batch), fmt.Sprintf("batch number %d is out of order", row.Batch))
	}
	f, err := c.cache.of(c.ctx, row.Batch)
	if err != nil {
		return f, err
	}
	if row.Batch > c.lastBatch && row.Batch <= c.head.Batches {
		if err := c.endBatch(); err != nil {
			return f, err
		}
		if row.Batch != c.lastBatch+1 {
			c.add(TroubleMissing, row, "batch", fmt.Sprintf("批次 %d 至 %d 没有记录", c.lastBatch+1, row.Batch-1), fmt.Sprintf("batches %d to %d have no record", c.lastBatch+1, row.Batch-1))
		}
		c.lastBatch = row.Batch
		c.batches++
	}
	if f.row != nil && row.Batch == c.lastBatch {
		c.batchColumns(row, f)
		if c.opt.CheckBatch != nil {
			c.batchRows = append(c.batchRows, row)
		}
	}
	if f.erased >= 0 {
		c.noteErasedBatch(row, f.erased)
	}
	return f, nil
}

// batchColumns compares what a row and its batch both say.
func (c *rowCheck) batchColumns(row *Row, f batchFact) {
	if f.row.Author != row.Author {
		c.add(TroubleAltered, row, FieldAuthor, "提交者与所属报文不符：其中之一被改动", "its author is not that of its batch: one of the two was altered")
	}
	if !f.row.Received.Equal(row.Received) {
		c.add(TroubleAltered, row, FieldReceived, "收到时间与所属报文不符：其中之一被改动", "its received time is not that of its batch: one of the two was altered")
	}
}

// endBatch checks the batch whose rows have all been seen.
func (c *rowCheck) endBatch() error {
	rows := c.batchRows
	c.batchRows = nil
	if c.opt.CheckBatch == nil || c.lastBatch == 0 {
		return nil
	}
	f, err := c.cache.of(c.ctx, c.lastBatch)
	if err != nil || f.err != nil || len(rows) == 0 {
		return err
	}
	if f.erased >= 0 || BatchSealed(f.row) && c.opt.Keyring == nil {
		c.unread++
		return nil
	}
	_, e, err := c.ledger.openBatch(f.row, closedIfNil(c.opt.Open), c.opt.Personal)
	switch {
	case err != nil:
		c.add(TroubleAltered, rows[0], FieldBatch, fmt.Sprintf("报文批次 %d 打不开：%v", f.row.ID, err), fmt.Sprintf("batch %d does not open: %v", f.row.ID, err))
		return nil
	case e == nil:
		c.unread++
		return nil
	case e.KeyID != f.row.Author.Key:
		c.add(TroubleSignature, rows[0], FieldKeyID, "报文的签名密钥与提交者的不符", "the batch is signed by another key than its author's")
	}
	rows = slices.DeleteFunc(rows, func(r *Row) bool { return c.erased[r.Position] != nil })
	if err := c.opt.CheckBatch(c.ctx, f.row, e, rows); err != nil {
		c.report.Add(TroubleSignature, rowPosition(rows), FieldBatch, fmt.Sprintf("报文批次 %d：%v", f.row.ID, err), fmt.Sprintf("batch %d: %v", f.row.ID, err))
	}
	return nil
}

func rowPosition(rows []*Row) int64 {
	if len(rows) == 0 {
		return -1
	}
	return rows[0].Position
}

// end closes the walk over the rows.
func (c *rowCheck) end() error {
	if err := c.gap(c.head.Size); err != nil {
		return err
	}
	if err := c.endBatch(); err != nil {
		return err
	}
	if c.lastBatch != c.head.Batches {
		c.report.Add(TroubleMissing, -1, "batch", fmt.Sprintf("头行记有 %d 个批次，记录只用到 %d 个", c.head.Batches, c.lastBatch), fmt.Sprintf("the head row counts %d batches, the records name %d", c.head.Batches, c.lastBatch))
	}
	return c.erasures()
}

// tell says in the report what was checked of batches, seals and columns.
func (c *rowCheck) tell() {
	r := c.report
	if c.batches > 0 {
		r.Checked("batches", c.batches, fmt.Sprintf("%d 个报文批次：摘要与各记录的承诺一致", c.batches), fmt.Sprintf("%d kept batches: their digest is the one that the records commit to", c.batches))
		if c.opt.CheckBatch == nil {
			r.Skipped("signatures", "未核报文签名", "signatures of batches were not checked")
		} else {
			n := c.batches - c.unread
			r.Checked("signatures", n, fmt.Sprintf("%d 个报文的签名及其内容与记录一致", n), fmt.Sprintf("signatures of %d batches, and that their records are these", n))
			if c.unread > 0 {
				r.Skipped("signatures", fmt.Sprintf("%d 个报文尚密封或已依法删除，未核签名", c.unread), fmt.Sprintf("signatures of %d batches that are still sealed or lawfully erased", c.unread))
			}
		}
	}
	if c.opened > 0 {
		r.Checked("sealed", c.opened, fmt.Sprintf("%d 个密封部分：解开并与承诺一致", c.opened), fmt.Sprintf("%d sealed parts: opened, they are what was committed to", c.opened))
	}
	if c.closed > 0 {
		r.Skipped("sealed", fmt.Sprintf("%d 个密封部分未解开：只核其承诺，密文若被毁要到解封时才能发现", c.closed),
			fmt.Sprintf("%d sealed parts were not opened: their commitments were checked; destroyed ciphertext would show only when they are opened", c.closed))
	}
	if c.lost > 0 {
		r.Skipped("destroyed", fmt.Sprintf("%d 条记录的密封部分因密钥已销毁而不可读", c.lost), fmt.Sprintf("sealed parts of %d records cannot be read: their key was destroyed", c.lost))
	}
	if c.opt.Keyring == nil {
		r.Skipped("index", "没有密钥环，未核标识与内容索引", "without the keyring the columns identity and content were not checked")
	} else {
		r.Checked("index", c.macs, fmt.Sprintf("%d 条记录的标识与内容索引", c.macs), fmt.Sprintf("columns identity and content of %d records", c.macs))
		if c.unindexed > 0 {
			r.Skipped("index", fmt.Sprintf("%d 条记录有未解开或已删除的部分，其标识或内容索引未能重算", c.unindexed),
				fmt.Sprintf("%d records have parts that were not opened or are erased: their columns identity or content could not be recomputed", c.unindexed))
		}
	}
	if c.codes > 0 {
		r.Checked("codes", c.codes, fmt.Sprintf("%d 条记录的路由码", c.codes), fmt.Sprintf("routing codes of %d records", c.codes))
	}
	if c.opt.Codes == nil {
		r.Skipped("codes", "未核公开记录的路由码", "routing codes of open records were not checked")
	}
}
