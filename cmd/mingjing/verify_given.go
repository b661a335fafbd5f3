package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"mingjing/internal/audit"
	"mingjing/internal/ledger"
)

// given checks a file that the house has given out, offline: against the log's
// public key alone.
func (c *verifyCmd) given(name string) (*ledger.VerifyReport, error) {
	if c.VKey == "" {
		return nil, errors.New("give --vkey, the log's public key: the office publishes it, and each server of the log serves it at /log/vkey")
	}
	body, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(c.VKey))
	if err != nil {
		return nil, fmt.Errorf("--vkey: %w", err)
	}
	report := &ledger.VerifyReport{Log: verifier.Name(), Troubles: []ledger.Trouble{}}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, fmt.Errorf("%s: neither an export nor an evidence file of this platform: %w", name, err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", name, f.Name, err)
		}
		text, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			report.Add(ledger.TroubleAltered, -1, f.Name, "文件已损坏", "the file is damaged: "+err.Error())
			continue
		}
		files[f.Name] = text
	}
	found := false
	for name, text := range files {
		if path.Ext(name) == ".manifest" {
			found = true
			checkManifest(report, name, text, files, strings.TrimSpace(c.VKey))
		}
	}
	if !found && report.OK() {
		return nil, fmt.Errorf("%s: there is no manifest in it", name)
	}
	return report, nil
}

// checkManifest holds the files of an export against its manifest.
func checkManifest(report *ledger.VerifyReport, name string, signed []byte, files map[string][]byte, vkey string) {
	text, err := ledger.OpenStatement(signed, audit.ManifestKind, vkey)
	if err != nil {
		report.Add(ledger.TroubleSignature, -1, name, "清单签名无效，或不是本日志的清单", "the manifest's signature does not verify, or it is no manifest of this log: "+err.Error())
		return
	}
	var m audit.Manifest
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		report.Add(ledger.TroubleSignature, -1, name, "清单无法读取", "the manifest cannot be read")
		return
	}
	report.Size = m.Snapshot.Position
	report.Checked("manifest", 1, "清单由日志密钥签名", "the manifest is signed with the log's key")
	data, ok := files[m.File]
	sum := sha256.Sum256(data)
	switch {
	case !ok:
		report.Add(ledger.TroubleMissing, -1, m.File, "清单所列文件不在其中", "the file that the manifest names is not there")
	case hex.EncodeToString(sum[:]) != m.SHA256 || int64(len(data)) != m.Bytes:
		report.Add(ledger.TroubleAltered, -1, m.File, "文件与清单不符", "the file is not the one that the manifest names")
	default:
		report.Checked("export", int64(m.Rows), fmt.Sprintf("文件 %s 与清单一致：%d 行，%s 由 %s（%s）导出，快照截至日志 %d 条", m.File, m.Rows, m.Made.Format("2006-01-02 15:04"), m.Asked.Name, m.Asked.Office, m.Snapshot.Position),
			fmt.Sprintf("%s is as the manifest says: %d rows, taken out on %s by %s (%s) from a snapshot as of %d records", m.File, m.Rows, m.Made.Format("2006-01-02 15:04"), m.Asked.Name, m.Asked.Office, m.Snapshot.Position))
	}
	for name := range files {
		if name != m.File && path.Ext(name) != ".manifest" {
			report.Add(ledger.TroubleAltered, -1, name, "清单未列此文件", "no manifest names this file")
		}
	}
}
