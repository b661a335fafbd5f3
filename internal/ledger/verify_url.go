package ledger

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// VerifyURLOptions say how VerifyURL checks a log from outside.
type VerifyURLOptions struct {
	// VKey is the log's public key. "" takes the key remembered in State, or, at
	// the first visit, the one that the server itself gives: trust on first use,
	// which the report says plainly.
	VKey      string
	Witnesses []string // vkeys whose cosignature the checkpoint must carry
	State     string   // file that remembers key and checkpoint from visit to visit; "" remembers nothing
	Receipt   []byte   // receipt file
	Disclosed []byte   // disclosed-fields file
	Client    *http.Client
	Progress  func(done, of int64)
}

// VerifyURL checks the published log under base, such as
// "https://mingjing.example" (its /log/checkpoint is read): signature, every
// leaf and tile, the root, that it continues what was seen at the last visit,
// and receipts and disclosed fields. An error says that the check could not be
// carried out.
func VerifyURL(ctx context.Context, base string, opt VerifyURLOptions) (*VerifyReport, error) {
	r := &VerifyReport{Checks: []VerifyCheck{}, Troubles: []Trouble{}}
	show, err := parseShown(opt.Receipt, opt.Disclosed)
	if err != nil {
		return nil, err
	}
	seen, err := readVisit(opt.State)
	if err != nil {
		return nil, err
	}
	f := &logFetcher{client: opt.Client, base: strings.TrimSuffix(strings.TrimRight(base, "/"), "/log") + "/log/"}
	if f.client == nil {
		f.client = &http.Client{Timeout: 30 * time.Second}
	}
	v, vkey, err := f.verifier(ctx, &opt, seen, r)
	if err != nil {
		return nil, err
	}
	r.Log = v.Name()
	signed, err := f.get(ctx, "checkpoint", 64<<10)
	if err != nil {
		return nil, err
	}
	c, err := OpenCheckpoint(signed, v)
	if err != nil {
		r.Add(TroubleCheckpoint, -1, "", "检查点的签名不成立："+err.Error(), err.Error())
		return r, nil
	}
	r.Checked("checkpoint", 1, fmt.Sprintf("已公布检查点的签名（%d 条记录）", c.Size), fmt.Sprintf("signature of the published checkpoint (%d records)", c.Size))
	if err := checkWitnesses(opt.Witnesses, r, &Kept{Note: signed}); err != nil {
		return nil, err
	}
	claims := append([]claim{{c, TroubleRoot, "已公布的检查点", "the published checkpoint"}}, show.claims(r, v)...)
	if seen != nil {
		if claims, err = seen.claims(claims, v, c, r); err != nil {
			return nil, err
		}
	} else {
		r.Skipped("visit", "首次核验：没有以前的检查点可比", "first visit: there is no earlier checkpoint to compare with")
	}
	if err := f.walk(ctx, r, newTreeWalk(r, claims), c, &show, opt.Progress); err != nil {
		return nil, err
	}
	r.Skipped("content", "公开接口只含叶值：记录内容须以回执、披露文件或 --data 核验", "leaves only are public: what records say is checked by receipt, disclosed fields, or --data")
	if opt.State != "" && r.OK() {
		if err := (&visit{VKey: vkey, Checkpoint: string(signed)}).write(opt.State); err != nil {
			return r, err
		}
	}
	return r, nil
}

// walk recomputes the tree from the fetched leaves and compares every tile.
func (f *logFetcher) walk(ctx context.Context, r *VerifyReport, w *treeWalk, c Checkpoint, show *shown, progress func(done, of int64)) error {
	show.watch(w)
	w.fetch = func(level int, index int64, width int) ([]byte, error) {
		b, err := f.tile(ctx, strconv.Itoa(level), index, width)
		if errors.Is(err, errNotServed) {
			return nil, nil
		}
		return b, err
	}
	for at := int64(0); at < c.Size; at += tileWidth {
		width := int(min(tileWidth, c.Size-at))
		bundle, err := f.tile(ctx, "entries", at/tileWidth, width)
		if err != nil && !errors.Is(err, errNotServed) {
			return err
		}
		leaves, err := parseBundle(bundle, width)
		if err != nil {
			r.Add(TroubleMissing, at, "", fmt.Sprintf("条目包缺失或损坏：%v", err), fmt.Sprintf("the entry bundle is missing or damaged: %v", err))
			leaves = make([]Hash, width)
		}
		for _, leaf := range leaves {
			if err := w.push(leaf); err != nil {
				return err
			}
		}
		if progress != nil {
			progress(w.size(), c.Size)
		}
	}
	if err := w.end(); err != nil {
		return err
	}
	r.Checked("tree", c.Size, fmt.Sprintf("%d 个叶值：重算默克尔树，与 %d 块哈希瓦片及检查点比对", c.Size, w.tiles),
		fmt.Sprintf("%d leaves: Merkle tree recomputed, compared with %d tiles and the checkpoint", c.Size, w.tiles))
	show.compare(r, w)
	return nil
}

// logFetcher reads a published log.
type logFetcher struct {
	client *http.Client
	base   string // ends in "/log/"
}

var errNotServed = errors.New("the server does not have it")

func (f *logFetcher) get(ctx context.Context, path string, limit int64) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.base+path, nil)
	if err != nil {
		return nil, err
	}
	res, err := f.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("GET %s: %w", f.base+path, err)
	case res.StatusCode == http.StatusNotFound:
		return nil, fmt.Errorf("GET %s: %w: %.200s", f.base+path, errNotServed, bytes.TrimSpace(body))
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("GET %s: HTTP %d: %.200s", f.base+path, res.StatusCode, bytes.TrimSpace(body))
	case int64(len(body)) > limit:
		return nil, fmt.Errorf("GET %s: more than %d bytes", f.base+path, limit)
	}
	return body, nil
}

// tile reads a tile or bundle; when a partial one is gone, the full one, which
// the server may keep instead, cut to width.
func (f *logFetcher) tile(ctx context.Context, level string, index int64, width int) ([]byte, error) {
	body, err := f.get(ctx, tilePath(level, index, width), tileWidth*64)
	if errors.Is(err, errNotServed) && width < tileWidth {
		if body, err = f.get(ctx, tilePath(level, index, tileWidth), tileWidth*64); err == nil {
			if level == "entries" {
				body = body[:min(len(body), width*34)]
			} else {
				body = body[:min(len(body), width*32)]
			}
		}
	}
	return body, err
}

// verifier finds the key that the checkpoint must be signed with.
func (f *logFetcher) verifier(ctx context.Context, opt *VerifyURLOptions, seen *visit, r *VerifyReport) (note.Verifier, string, error) {
	vkey := opt.VKey
	switch {
	case vkey != "" && seen != nil && seen.VKey != vkey:
		return nil, "", fmt.Errorf("state file %s remembers the key %s, but you gave %s: use another state file for another log", opt.State, seen.VKey, vkey)
	case vkey != "":
		r.Checked("key", 1, "签名以您给定的公钥核验", "signatures are checked by the public key that you gave")
	case seen != nil:
		vkey = seen.VKey
		r.Checked("key", 1, "公钥与上次核验时相同（"+vkey+"）", "the public key is that of the last visit ("+vkey+")")
	default:
		raw, err := f.get(ctx, "vkey", 4<<10)
		if err != nil {
			return nil, "", fmt.Errorf("no public key was given, and the server's could not be read: %w", err)
		}
		vkey = strings.TrimSpace(string(raw))
		r.Skipped("key", "公钥由被核验的服务器自己给出（首次信任）："+vkey+"，请与别处公布的核对",
			"the public key comes from the server under test itself (trust on first use): "+vkey+"; compare it with one published elsewhere")
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, "", fmt.Errorf("the log's public key %.100q: %w", vkey, err)
	}
	return v, vkey, nil
}

// parseBundle reads an entry bundle of width 32-byte leaves.
func parseBundle(b []byte, width int) ([]Hash, error) {
	leaves := make([]Hash, 0, width)
	for len(b) >= 2 {
		n := int(binary.BigEndian.Uint16(b))
		if n != len(Hash{}) || len(b) < 2+n {
			return nil, fmt.Errorf("entry %d has %d bytes, want 32", len(leaves), n)
		}
		leaves = append(leaves, Hash(b[2:2+n]))
		b = b[2+n:]
	}
	if len(leaves) != width || len(b) > 0 {
		return nil, fmt.Errorf("%d entries, want %d", len(leaves), width)
	}
	return leaves, nil
}
