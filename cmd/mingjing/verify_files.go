package main

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/files"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

// namedFiles is what the log says of attachments, as far as it can be read now.
type namedFiles struct {
	receipts map[string]int64       // file id to the position of its receipt
	kept     map[[3]string]bool     // platform, data set and digest of each receipt
	named    map[[3]string]struct{} // the same, of each record that names a file
}

func newNamedFiles() *namedFiles {
	return &namedFiles{receipts: map[string]int64{}, kept: map[[3]string]bool{}, named: map[[3]string]struct{}{}}
}

var digestText = regexp.MustCompile(`(?i)\b[0-9a-f]{64}\b`)

// see looks at one record.
func (n *namedFiles) see(row *ledger.Row, r *standard.Record) {
	if r.Origin == ledger.SystemOrigin {
		if r.Dataset == docket.DatasetFile && row.Author.Kind == "system" {
			n.receipts[r.Fields["FILE"]] = row.Position
			n.kept[[3]string{r.Fields["ORIGIN"], r.Fields["DATASET"], r.Fields["SHA256"]}] = true
		}
		return
	}
	for name, v := range r.Fields {
		if name != standard.SourceField && !strings.HasSuffix(name, "_DIGEST") {
			continue
		}
		for _, digest := range digestText.FindAllString(v, -1) {
			n.named[[3]string{r.Origin, r.Dataset, strings.ToLower(digest)}] = struct{}{}
		}
	}
}

// checkFiles compares the attachments with the log without opening any: the
// sealed bytes with the digest in the name of their receipt, whose keyed MAC the
// log keeps in the open; and every receipt that can be read with the files.
func checkFiles(ctx context.Context, f dataFlags, db *store.DB, keys *ledger.Keyring, n *namedFiles, report *ledger.VerifyReport) error {
	if keys == nil {
		report.Skipped("files", "附件：没有密钥目录，无法与日志比对", "attachments: without the keys folder they cannot be compared with the log")
		return nil
	}
	service, err := openFiles(f, db, keys, nil, files.Limits{})
	if err != nil {
		return err
	}
	have := map[string]bool{}
	var destroyed int64
	err = service.Check(ctx, func(c files.Checked) error {
		have[c.ID] = true
		what := "file " + c.ID
		rows, err := db.RowsAt(ctx, []int64{c.Position})
		if err != nil {
			return err
		}
		if len(rows) != 1 || !bytes.Equal(rows[0].Identity, c.Identity) {
			report.Add(ledger.TroubleAltered, c.Position, what, "附件的登记（编号、密文摘要或位置）与日志中的收讫记录不符", "its row (id, digest of the sealed bytes or position) is not what its receipt in the log says")
			return nil
		}
		switch {
		case c.Missing:
			report.Add(ledger.TroubleMissing, c.Position, what, "附件的部分内容缺失；从备份恢复", "a part of the attachment is not there; restore it from its backup")
		case c.Altered:
			report.Add(ledger.TroubleAltered, c.Position, what, "附件的密文与日志中的摘要不符", "the sealed bytes of the attachment do not have the digest that was logged")
		case c.Destroyed:
			destroyed++
		}
		return nil
	})
	if err != nil {
		return err
	}
	for id, at := range n.receipts {
		if !have[id] {
			report.Add(ledger.TroubleMissing, at, "file "+id, "日志中有收讫记录，附件却不在", "the log holds its receipt, but the attachment is not there")
		}
	}
	report.Checked("files", int64(len(have)), fmt.Sprintf("%d 个附件：密文与日志比对，未解密；其中 %d 个的密钥已依法销毁", len(have), destroyed),
		fmt.Sprintf("%d attachments: sealed bytes compared with the log, none opened; the keys of %d were destroyed by law", len(have), destroyed))
	absent := 0
	for k := range n.named {
		if !n.kept[k] {
			absent++
		}
	}
	if absent > 0 {
		report.Skipped("files.named", fmt.Sprintf("%d 个由可读记录指明的附件未找到收讫记录：未上传，或其标段尚未启封", absent),
			fmt.Sprintf("%d attachments that readable records name have no receipt that can be read: not sent, or their lots are not opened yet", absent))
	}
	return nil
}
