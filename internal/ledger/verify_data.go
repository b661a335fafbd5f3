package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"mingjing/internal/standard"
)

// VerifyOptions say what VerifyData checks. Store is required; what is left out
// is not checked, and the report says so.
type VerifyOptions struct {
	Store Store
	Dir   string // data directory with the kept checkpoints

	// VKey is the log's public key; "" takes the one that stands beside the kept
	// checkpoints, which only proves that the two fit each other.
	VKey      string
	Witnesses []string // vkeys whose cosignature the newest public checkpoint must carry
	OldVKey   string   // public key of the log that this one succeeds, if it does

	// Keyring recomputes the keyed MACs and compares routing codes of sealed
	// rows. Open says which vaults' parts may be decrypted and compared, and
	// Personal whether Personal ones may; nothing of them is kept or shown.
	Keyring  *Keyring
	Open     func(standard.Vault, standard.Seal) bool
	Personal bool

	// Codes gives the routing codes that a row must have; false when it cannot say.
	Codes func(*Row, *standard.Record) ([]string, bool)
	// Seen is told every record as far as it can be read now.
	Seen func(*Row, *standard.Record)
	// CheckBatch checks a kept batch that can be read: its signature, and that
	// rows are what its body says.
	CheckBatch func(ctx context.Context, b *BatchRow, e *Evidence, rows []*Row) error

	Receipt   []byte // receipt file
	Disclosed []byte // disclosed-fields file
	Deep      func(ctx context.Context, report *VerifyReport) error
	Progress  func(done, of int64)
}

// VerifyData checks a log from its store: every record's commitments and leaf
// from its row, the tree from the leaves, the tiles, the head, all kept
// checkpoints, received times, batches, erasures and derived columns. An error
// says that the check could not be carried out; what is wrong with the log is in
// the report.
func VerifyData(ctx context.Context, opt VerifyOptions) (*VerifyReport, error) {
	if opt.Store == nil {
		return nil, errors.New("verify: no store")
	}
	r := &VerifyReport{Checks: []VerifyCheck{}, Troubles: []Trouble{}}
	show, err := parseShown(opt.Receipt, opt.Disclosed)
	if err != nil {
		return nil, err
	}
	v, err := verifierFor(&opt, r)
	if err != nil {
		return nil, err
	}
	if err := tellSuccession(&opt, r, v); err != nil {
		return nil, err
	}
	// Checkpoints before head: a log that grows meanwhile must not look shrunk.
	claims, err := keptClaims(&opt, r, v)
	if err != nil {
		return nil, err
	}
	kept := int64(len(claims))
	head, err := opt.Store.Head(ctx)
	if err != nil {
		return nil, err
	}
	headRoot := Checkpoint{Size: head.Size, Root: head.Root}
	if head.Size == 0 {
		headRoot.Root = (&edge{}).root()
	}
	claims = append(claims, claim{headRoot, TroubleRoot, "日志的头行", "the log's head row"})
	claims = append(claims, show.claims(r, v)...)

	w := newTreeWalk(r, claims)
	show.watch(w)
	w.fetch = func(level int, index int64, width int) ([]byte, error) {
		b, err := tileData(ctx, opt.Store, tlog.Tile{H: tileHeight, L: level, N: index, W: width})
		if errors.Is(err, ErrTiles) {
			return nil, nil
		}
		return b, err
	}
	c := newRowCheck(ctx, &opt, r, w, head)
	if err := opt.Store.Rows(ctx, 0, head.Size, c.row); err != nil {
		return nil, fmt.Errorf("verify: read record %d: %w", c.next, err)
	}
	if err := c.end(); err != nil {
		return nil, err
	}
	if err := w.end(); err != nil {
		return nil, err
	}
	r.Checked("records", c.count, fmt.Sprintf("%d 条记录：由列值重算各字段承诺与叶值，位置无缺口，收到时间不倒退", c.count),
		fmt.Sprintf("%d records: commitments and leaf recomputed from the columns, positions without gap, received times never going back", c.count))
	r.Checked("tree", w.tiles, fmt.Sprintf("默克尔树：由叶值重算，与 %d 块哈希瓦片及头行比对", w.tiles),
		fmt.Sprintf("Merkle tree: recomputed from the leaves, compared with %d tiles and the head row", w.tiles))
	if kept > 0 {
		r.Checked("checkpoints", kept, fmt.Sprintf("%d 个留存的检查点：签名，以及与日志前缀一致", kept),
			fmt.Sprintf("%d kept checkpoints: signature, and that each is a beginning of this log", kept))
	}
	c.tell()
	show.compare(r, w)
	if opt.Deep == nil {
		r.Skipped("deep", "卷宗与发现未重算（使用 --deep）", "dockets and findings were not recomputed (use --deep)")
		return r, nil
	}
	return r, opt.Deep(ctx, r)
}

// verifierFor finds the log's public key; nil when there is none.
func verifierFor(opt *VerifyOptions, r *VerifyReport) (note.Verifier, error) {
	vkey, given := opt.VKey, opt.VKey != ""
	if !given && opt.Dir != "" {
		var err error
		if vkey, err = LogVKey(opt.Dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	if vkey == "" {
		r.Skipped("key", "没有日志公钥，未核签名", "no public key of the log: signatures were not checked")
		return nil, nil
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, fmt.Errorf("the log's public key %q: %w", vkey, err)
	}
	r.Log = v.Name()
	if given {
		r.Checked("key", 1, "签名以您给定的公钥核验", "signatures are checked by the public key that you gave")
	} else {
		name := filepath.Join(opt.Dir, logVKeyFile)
		r.Checked("key", 1, "公钥取自 "+name+"：请与别处公布的公钥核对", "the public key is that of "+name+": compare it with the one published elsewhere")
	}
	return v, nil
}

// tellSuccession checks the record by which this log succeeds another.
func tellSuccession(opt *VerifyOptions, r *VerifyReport, v note.Verifier) error {
	if opt.Dir == "" || v == nil {
		return nil
	}
	signed, err := ReadSuccession(opt.Dir)
	if err != nil || signed == nil {
		return err
	}
	var old note.Verifier
	if opt.OldVKey != "" {
		if old, err = note.NewVerifier(opt.OldVKey); err != nil {
			return fmt.Errorf("the old log's public key %q: %w", opt.OldVKey, err)
		}
	}
	s, err := OpenSuccession(signed, v, old)
	if err != nil {
		r.Add(TroubleCheckpoint, -1, "", "承接记录不成立："+err.Error(), err.Error())
		return nil
	}
	zh := fmt.Sprintf("本日志承接 %s（%d 条记录），原因：%s", s.Old.Origin, s.Old.Size, s.Reason)
	en := fmt.Sprintf("this log succeeds %s (%d records), because: %s", s.Old.Origin, s.Old.Size, s.Reason)
	if old == nil {
		r.Skipped("succession", zh+"；未给定前一日志的公钥，未核其签名", en+"; its key was not given, so its signature was not checked")
	} else {
		r.Checked("succession", 1, zh, en)
	}
	return nil
}

// keptClaims reads all kept checkpoints and checks their signatures.
func keptClaims(opt *VerifyOptions, r *VerifyReport, v note.Verifier) ([]claim, error) {
	if opt.Dir == "" {
		r.Skipped("checkpoints", "没有数据目录，未核留存的检查点", "no data directory: kept checkpoints were not checked")
		return nil, nil
	}
	var claims []claim
	var public *Kept
	err := ReadKept(opt.Dir, func(k Kept) error {
		bad := func(zh, en string) {
			r.Add(TroubleCheckpoint, -1, "", fmt.Sprintf("留存的第 %d 个检查点：%s", k.Number, zh), fmt.Sprintf("kept checkpoint %d: %s", k.Number, en))
		}
		if v != nil {
			if _, err := OpenCheckpoint(k.Note, v); err != nil {
				bad("签名不成立："+err.Error(), err.Error())
				return nil
			}
		}
		if n := len(claims); n > 0 && claims[n-1].Size > k.Checkpoint.Size {
			bad("比前一个小", "it is smaller than the one before")
		}
		if k.Public {
			public = &k
		}
		claims = append(claims, claim{k.Checkpoint, TroubleHistory, fmt.Sprintf("留存的第 %d 个检查点", k.Number), fmt.Sprintf("kept checkpoint %d", k.Number)})
		return nil
	})
	if errors.Is(err, ErrKept) {
		r.Add(TroubleCheckpoint, -1, "", err.Error(), err.Error())
	} else if err != nil {
		return nil, err
	}
	if len(claims) == 0 && err == nil {
		r.Skipped("checkpoints", "没有留存的检查点：无从发现整段历史被替换", "no checkpoint is kept: that the whole history was replaced could not be seen")
	}
	return claims, checkWitnesses(opt.Witnesses, r, public)
}

// checkWitnesses verifies the cosignatures on the newest public checkpoint.
func checkWitnesses(vkeys []string, r *VerifyReport, public *Kept) error {
	if len(vkeys) == 0 {
		r.Skipped("witnesses", "未给定见证方公钥：不能排除本机同时出示过两种历史", "no witness key was given: that two histories were shown cannot be ruled out")
		return nil
	}
	var signed []byte
	if public != nil {
		signed = public.Note
	}
	for _, vkey := range vkeys {
		at, name, err := checkCosignature(signed, vkey)
		switch {
		case name == "":
			return err
		case err != nil:
			r.Add(TroubleCheckpoint, -1, "", fmt.Sprintf("最新公开检查点没有见证方 %s 的签名", name), fmt.Sprintf("the newest public checkpoint carries no signature of witness %s", name))
		default:
			r.Checked("witness", 1, fmt.Sprintf("见证方 %s 于 %s 共同签名", name, at.UTC().Format(time.RFC3339)), fmt.Sprintf("cosigned by witness %s at %s", name, at.UTC().Format(time.RFC3339)))
		}
	}
	return nil
}

// checkCosignature finds the witness's cosignature in a signed checkpoint. An
// empty name says that vkey itself is no key.
func checkCosignature(signed []byte, vkey string) (at time.Time, name string, err error) {
	v, err := fnote.NewVerifierForCosignatureV1(vkey)
	if err != nil {
		return at, "", fmt.Errorf("witness key %q: %w", vkey, err)
	}
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil {
		return at, v.Name(), err
	}
	at, err = fnote.CoSigV1Timestamp(n.Sigs[0])
	return at, v.Name(), err
}
