package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/exchange"
	"mingjing/internal/exchange/signature"
	"mingjing/internal/ledger"
	"mingjing/internal/refold"
	"mingjing/internal/sandbox"
	"mingjing/internal/standard"
	"mingjing/internal/store"
	"mingjing/internal/supervise"
)

type verifyCmd struct {
	Given     string   `arg:"" optional:"" type:"existingfile" placeholder:"FILE" help:"A file that the platform gave out, an export or an evidence file, to check offline; with --vkey."`
	Data      string   `placeholder:"DIR" xor:"where" help:"Data folder to check from inside."`
	URL       string   `name:"url" xor:"where" help:"Address of a log to check from outside."`
	Store     string   `placeholder:"DSN" env:"MINGJING_STORE" help:"postgres://…; default: SQLite in the data folder."`
	Files     string   `placeholder:"WHERE" env:"MINGJING_FILES" help:"With --data: where attachments lie, as for serve."`
	Log       string   `name:"log-name" default:"mingjing.local/log" env:"MINGJING_LOG_NAME" help:"Name of the log, for --deep."`
	VKey      string   `name:"vkey" help:"The log's public key; default: the one kept beside the checkpoints, or at first visit the server's own."`
	Witness   []string `sep:"none" placeholder:"VKEY" help:"Witness whose cosignature must be there."`
	Receipt   string   `type:"existingfile" placeholder:"FILE" help:"Receipt, or a door's whole answer, to check."`
	Disclosed string   `type:"existingfile" placeholder:"FILE" help:"Disclosed fields with salts to check."`
	State     string   `placeholder:"FILE" help:"With --url: file that remembers the last visit."`
	Deep      bool     `help:"With --data: fold every docket again and compare dockets and findings."`
	JSON      bool     `help:"Print the report as JSON."`
	ZH        bool     `name:"zh" help:"Print the report in Chinese."`
}

// errTroubles ends the command with status 1 after its report was printed.
var errTroubles = errors.New("verification found troubles")

// Validate is asked when the words are parsed.
func (c *verifyCmd) Validate() error {
	if c.Given == "" && c.URL == "" && c.Data == "" {
		return errors.New("say what to check: --data DIR, --url ADDRESS, or a FILE that the platform gave out")
	}
	return nil
}

func (c *verifyCmd) Run(ctx context.Context) error {
	receipt, err := readFile(c.Receipt)
	if err != nil {
		return err
	}
	disclosed, err := readFile(c.Disclosed)
	if err != nil {
		return err
	}
	var report *ledger.VerifyReport
	switch {
	case c.Given != "":
		report, err = c.given(c.Given)
	case c.URL != "":
		report, err = ledger.VerifyURL(ctx, c.URL, ledger.VerifyURLOptions{VKey: c.VKey, Witnesses: c.Witness, State: c.State, Receipt: receipt, Disclosed: disclosed})
	default:
		report, err = c.data(ctx, receipt, disclosed)
	}
	if err != nil {
		return fmt.Errorf("the check could not be carried out: %w", err)
	}
	if c.JSON {
		err = printJSON(os.Stdout, report, "  ")
	} else {
		err = report.Write(os.Stdout, map[bool]string{true: "zh", false: "en"}[c.ZH])
	}
	if err == nil && !report.OK() {
		err = errTroubles
	}
	return err
}

func (c *verifyCmd) flags() dataFlags {
	return dataFlags{Data: c.Data, Store: c.Store, Files: c.Files, Log: c.Log}
}

func readFile(name string) ([]byte, error) {
	if name == "" {
		return nil, nil
	}
	return os.ReadFile(name)
}

// data checks a folder from inside. It does not open the ledger for that: a
// folder that was tampered with may refuse to open, and must still be checked.
func (c *verifyCmd) data(ctx context.Context, receipt, disclosed []byte) (*ledger.VerifyReport, error) {
	flags := c.flags()
	if c.Store == "" {
		if _, err := os.Stat(flags.file()); err != nil {
			return nil, fmt.Errorf("no data here: %w", err)
		}
	}
	db, err := store.Open(ctx, flags.dsn())
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }() // only read
	isSandbox, err := sandbox.Is(c.Data)
	if err != nil {
		return nil, err
	}
	opt := ledger.VerifyOptions{
		Store: db, Dir: c.Data, VKey: c.VKey, Witnesses: c.Witness, Receipt: receipt, Disclosed: disclosed,
		Codes: rowCodes, CheckBatch: checkBatch(&exchange.Registry{Store: db, Clock: time.Now, Sandbox: isSandbox}),
	}
	if _, err := os.Stat(filepath.Join(c.Data, "keys", "keys.log")); err == nil {
		keys, err := ledger.OpenKeyring(filepath.Join(c.Data, "keys"))
		if err != nil {
			return nil, err
		}
		defer func() { _ = keys.Close() }()
		opt.Keyring, opt.Personal = keys, true // decrypted in memory to compare, then dropped
		if opt.Open, err = releasedVaults(ctx, db); err != nil {
			return nil, err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if c.Deep {
		opt.Deep = c.deep
	}
	attachments := newNamedFiles()
	opt.Seen = attachments.see
	report, err := ledger.VerifyData(ctx, opt)
	if err != nil {
		return report, err
	}
	if err := checkDerived(ctx, db, report); err != nil {
		return report, err
	}
	return report, checkFiles(ctx, flags, db, opt.Keyring, attachments, report)
}

// releasedVaults reads the facts of release in the log: what they opened may be
// decrypted and compared, all else stays shut.
func releasedVaults(ctx context.Context, db *store.DB) (func(standard.Vault, standard.Seal) bool, error) {
	type lock struct {
		vault standard.Vault
		seal  standard.Seal
	}
	open := map[lock]bool{}
	head, err := db.Head(ctx)
	if err != nil {
		return nil, err
	}
	err = db.Rows(ctx, 0, head.Size, func(r *ledger.Row) error {
		if r.Dataset != docket.DatasetRelease || r.Author.Kind != "system" || r.Origin != ledger.SystemOrigin {
			return nil
		}
		v := docket.Version{Record: standard.Record{Revision: r.Revision}, Position: r.Position}
		if err := json.Unmarshal(r.Fields, &v.Fields); err != nil {
			return nil // told by the check of its leaf
		}
		if rel, ok := docket.ReadRelease(&v); ok && rel.State == docket.StateOpened {
			open[lock{standard.Vault{Origin: rel.Origin, Tender: v.Fields["TENDER_PROJECT_CODE"], Lot: rel.Lot}, rel.Seal}] = true
		}
		return nil
	})
	return func(v standard.Vault, s standard.Seal) bool { return open[lock{v, s}] }, err
}

// deep folds every docket again and compares what is stored.
func (c *verifyCmd) deep(ctx context.Context, report *ledger.VerifyReport) error {
	h, err := c.flags().openToVerify(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		// Asked for and not done is no success: the exit status must say so.
		report.Add("deep.not-done", -1, "", "未能重新折叠案卷："+err.Error(), "dockets could not be folded again: "+err.Error())
		return nil
	}
	defer func() { _ = h.close() }() // only read
	open, err := h.db.OpenWork(ctx)
	if err != nil {
		return err
	}
	// A server that was stopped leaves work marked: that is not altered, only not
	// done. It excuses the dockets whose own codes are open; what a project, a lot
	// or a sealed token leads to cannot be told from here.
	waits := func(id string) bool {
		return slices.ContainsFunc(open, func(code string) bool {
			of := docket.Code(code).Docket()
			return of == id || of == "" && !strings.HasPrefix(code, docket.RowCode)
		})
	}
	var behind int64
	n, err := h.worker.Deep(ctx, func(d refold.Difference) error {
		if (d.What == refold.DiffBehind || d.What == refold.DiffMissing) && waits(d.Docket) {
			behind++
			return nil
		}
		report.Add("deep."+d.What, -1, d.Docket, "案卷与日志不符："+d.Detail, "docket differs from what the log gives: "+d.Detail)
		return nil
	})
	if behind > 0 {
		report.Skipped("deep", fmt.Sprintf("%d 个案卷有待折叠的记录：待服务处理完后再核验", behind),
			fmt.Sprintf("%d dockets have records that are marked and not folded yet: let the server finish its work, then check again", behind))
	}
	if err == nil {
		report.Checked("deep", int64(n)-behind, "案卷与线索由日志重新折叠并逐字节比对", "dockets and findings folded again from the log and compared byte for byte")
	}
	return err
}

// rowCodes gives the routing codes that a row's record names.
func rowCodes(_ *ledger.Row, r *standard.Record) ([]string, bool) {
	if r == nil {
		return nil, false
	}
	codes := docket.Codes(r)
	out := make([]string, len(codes))
	for i, code := range codes {
		out[i] = string(code)
	}
	return out, true
}

// checkBatch checks a kept batch against the key that its source registered:
// the signature over its base, the digest in the base over its body, and that
// the open records of the log stand in the body as they were sent.
func checkBatch(sources *exchange.Registry) func(context.Context, *ledger.BatchRow, *ledger.Evidence, []*ledger.Row) error {
	return func(ctx context.Context, b *ledger.BatchRow, e *ledger.Evidence, rows []*ledger.Row) error {
		if e == nil {
			return nil
		}
		owner, _, public, err := sources.ByKey(ctx, e.KeyID)
		if err != nil {
			return err
		}
		if owner == nil || b.Author.Kind != "source" || owner.Name != b.Author.ID || b.Author.Key != e.KeyID {
			return fmt.Errorf("key %s is not one of source %s, whose batch this is said to be", e.KeyID, b.Author.ID)
		}
		if !public.Verify(e.Base, e.Signature) {
			return fmt.Errorf("the signature of key %s does not verify", e.KeyID)
		}
		if !bytes.Contains(e.Base, []byte(`"content-digest": `+signature.ContentDigest(e.Body))) && !digestCovered(e) {
			return errors.New("the signed digest is not that of the kept body")
		}
		if len(rows) > 0 && rows[0].Dataset == docket.DatasetInstruction {
			return answerOf(e, rows)
		}
		return rowsOf(e, rows)
	}
}

// answerOf holds a trading system's answer to an instruction against its body.
func answerOf(e *ledger.Evidence, rows []*ledger.Row) error {
	a, err := exchange.ReadInstructionAnswer(e.Body)
	if err != nil {
		return fmt.Errorf("the kept body: %w", err)
	}
	for _, row := range rows {
		var fields map[string]string
		if err := json.Unmarshal(row.Fields, &fields); err != nil {
			return fmt.Errorf("record %d: %w", row.Position, err)
		}
		if row.Key != supervise.AnswerID(a.Instruction, supervise.Step(a.Step)) || fields["INSTRUCTION"] != a.Instruction || fields["STEP"] != a.Step || fields["TEXT"] != a.Text {
			return fmt.Errorf("record %d is not the answer that its source signed", row.Position)
		}
	}
	return nil
}

// digestCovered accepts any digest form that the signed base names.
func digestCovered(e *ledger.Evidence) bool {
	for line := range strings.Lines(string(e.Base)) {
		if value, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), `"content-digest": `); ok {
			return signature.CheckDigest(map[string][]string{"Content-Digest": {value}}, e.Body) == nil
		}
	}
	return false
}

// rowsOf looks for the batch's open rows in its body.
func rowsOf(e *ledger.Evidence, rows []*ledger.Row) error {
	body := e.Body
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		zr, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return fmt.Errorf("the kept body: %w", err)
		}
		if body, err = io.ReadAll(io.LimitReader(zr, standard.MaxBody)); err != nil {
			return fmt.Errorf("the kept body: %w", err)
		}
	}
	decode := standard.DecodeJSON
	switch {
	case strings.Contains(e.ContentType, "ndjson"):
		decode = standard.DecodeNDJSON
	case strings.Contains(e.ContentType, "xml"):
		decode = standard.DecodeXML
	}
	batch, err := decode(body)
	if err != nil {
		return fmt.Errorf("the kept body: %w", err)
	}
	sent := map[[3]string][]map[string]string{}
	for i := range batch.Items {
		r := &batch.Items[i].Record
		id := [3]string{r.Dataset, r.Key, r.Revision}
		sent[id] = append(sent[id], r.Fields)
	}
	for _, row := range rows {
		if row.Dataset == "" {
			continue // sealed whole: its content is compared by its commitments
		}
		if !standsIn(sent[[3]string{row.Dataset, row.Key, row.Revision}], row) {
			return fmt.Errorf("record %d does not stand in its batch as the log has it", row.Position)
		}
	}
	return nil
}

func standsIn(candidates []map[string]string, row *ledger.Row) bool {
	var open map[string]string
	if json.Unmarshal(row.Fields, &open) != nil {
		return false
	}
	for _, fields := range candidates {
		same := true
		for name, value := range open {
			same = same && fields[name] == value
		}
		if same {
			return true
		}
	}
	return false
}
