package main

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/simplifiedchinese"
	_ "modernc.org/sqlite" // to read past the program what the database holds
)

// A hunt looks for texts in bytes, in every form in which they may lie there,
// all of them in one pass.
type hunt struct {
	marks []mark
	first map[uint32][]form // by the first four bytes
	may   [1 << 16]bool     // whether first has anything of that hash
}

// A mark is a text no chance puts anywhere: a secret, or what all secrets of a
// kind have in common.
type mark struct{ of, text string }

// A form is one way in which a mark may lie somewhere.
type form struct {
	name  string
	bytes []byte
	of    *mark
}

func newHunt() *hunt { return &hunt{first: map[uint32][]form{}} }

func (h *hunt) add(f form) {
	if len(f.bytes) < 4 {
		panic("too short to be told from chance: " + f.of.text)
	}
	k := binary.LittleEndian.Uint32(f.bytes)
	h.first[k] = append(h.first[k], f)
	h.may[k%65521] = true
}

// mark adds texts to look for; of says what they are.
func (h *hunt) mark(of string, texts ...string) {
	for _, text := range texts {
		m := mark{of, text}
		h.marks = append(h.marks, m)
		for _, f := range formsOf(text) {
			f.of = &m
			h.add(f)
		}
	}
}

// whole adds secrets whose plain digests must not lie about either: who holds
// one finds a price or an organisation's code by trying.
func (h *hunt) whole(of string, values ...string) {
	for _, v := range values {
		for name, sum := range map[string][]byte{"SHA-256": sum256(v), "SHA-1": sum1(v), "MD5": sum5(v)} {
			m := &mark{of, v}
			h.add(form{name, sum[:8], m})
			h.add(form{"hex " + name, []byte(hex.EncodeToString(sum)), m})
		}
	}
}

func sum256(s string) []byte { d := sha256.Sum256([]byte(s)); return d[:] }
func sum1(s string) []byte   { d := sha1.Sum([]byte(s)); return d[:] }
func sum5(s string) []byte   { d := md5.Sum([]byte(s)); return d[:] }

// formsOf lists how a text may lie somewhere: its bytes in the encodings of the
// trade and of computers, these as hex and base64, escaped as in JSON, XML and
// addresses, and, for Chinese, the pairs of characters of a search index.
func formsOf(text string) []form {
	var out []form
	add := func(name string, b []byte) {
		if len(b) > 0 && !slices.ContainsFunc(out, func(f form) bool { return bytes.Equal(f.bytes, b) }) {
			out = append(out, form{name: name, bytes: b})
		}
	}
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	if err != nil {
		panic(err) // GB18030 holds all of Unicode
	}
	for _, enc := range []place{
		{"UTF-8", []byte(text)},
		{"GB18030", gb},
		{"lower case", []byte(strings.ToLower(text))},
		{"upper case", []byte(strings.ToUpper(text))},
	} {
		add(enc.name, enc.data)
	}
	for _, enc := range []place{{"UTF-8", []byte(text)}, {"GB18030", gb}} {
		low := hex.EncodeToString(enc.data)
		add("hex of "+enc.name, []byte(low))
		add("HEX of "+enc.name, []byte(strings.ToUpper(low)))
		for shift := range 3 { // wherever it stands in what was encoded
			b := base64.StdEncoding.EncodeToString(append(make([]byte, shift), enc.data...))
			from, to := (shift*8+5)/6, (shift+len(enc.data))*8/6
			add("base64 of "+enc.name, []byte(b[from:to]))
			add("base64url of "+enc.name, []byte(strings.NewReplacer("+", "-", "/", "_").Replace(b[from:to])))
		}
	}
	var json, JSON, xml, dec strings.Builder
	for _, r := range text {
		fmt.Fprintf(&json, `\u%04x`, r)
		fmt.Fprintf(&JSON, `\u%04X`, r)
		fmt.Fprintf(&xml, "&#x%X;", r)
		fmt.Fprintf(&dec, "&#%d;", r)
	}
	add("JSON escapes", []byte(json.String()))
	add("JSON escapes", []byte(JSON.String()))
	add("XML references", []byte(xml.String()))
	add("XML references", []byte(dec.String()))
	add("percent", []byte(url.QueryEscape(text)))
	runes := []rune(text)
	for i := range runes[1:] {
		if pair := runes[i : i+2]; slices.Min(pair) >= 0x3400 && slices.Max(pair) < 0x4E00 { // of rare characters only
			add("pair of characters", []byte(string(pair)))
		}
	}
	return out
}

// A find is one form of a mark in some bytes.
type find struct{ of, text, form, around string }

// look finds every mark in data, each form at most once, also inside what is
// compressed there.
func (h *hunt) look(data []byte) []find {
	var out []find
	seen := map[string]bool{}
	for i := 0; i+4 <= len(data); i++ {
		k := binary.LittleEndian.Uint32(data[i:])
		if !h.may[k%65521] {
			continue
		}
		for _, f := range h.first[k] {
			if id := f.of.text + "/" + f.name; bytes.HasPrefix(data[i:], f.bytes) && !seen[id] {
				seen[id] = true
				around := data[max(0, i-60):min(len(data), i+len(f.bytes)+30)]
				out = append(out, find{f.of.of, f.of.text, f.name, string(around)})
			}
		}
	}
	for _, inner := range unpacked(data) {
		for _, f := range h.look(inner.data) {
			f.form += " in " + inner.name
			out = append(out, f)
		}
	}
	return out
}

// none fails the test when a mark lies in data; the first few finds tell enough.
func (h *hunt) none(t *testing.T, where string, data []byte) {
	t.Helper()
	found := h.look(data)
	for _, f := range found[:min(len(found), 4)] {
		t.Errorf("%s holds %s %q (%s): …%q…", where, f.of, f.text, f.form, f.around)
	}
}

// has fails the test for every mark that does not lie in data.
func (h *hunt) has(t *testing.T, where string, data []byte) {
	t.Helper()
	found := h.look(data)
	for _, m := range h.marks {
		if !slices.ContainsFunc(found, func(f find) bool { return f.text == m.text }) {
			t.Errorf("%s does not hold %s %q", where, m.of, m.text)
		}
	}
}

// unpacked gives what is compressed inside data, where a frame begins.
func unpacked(data []byte) []place {
	var out []place
	const limit = 8 << 20
	for at := 0; ; at++ {
		i := bytes.Index(data[at:], []byte{0x28, 0xB5, 0x2F, 0xFD})
		if i < 0 {
			break
		}
		at += i
		if d, err := zstd.NewReader(bytes.NewReader(data[at:]), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(limit)); err == nil {
			plain, _ := io.ReadAll(io.LimitReader(d, limit)) // what follows the frame is no frame: an error, after the plain text
			d.Close()
			if len(plain) > 0 {
				out = append(out, place{"zstd", plain})
			}
		}
	}
	for at := 0; ; at++ {
		i := bytes.Index(data[at:], []byte{0x1F, 0x8B, 0x08})
		if i < 0 {
			break
		}
		at += i
		if d, err := gzip.NewReader(bytes.NewReader(data[at:])); err == nil {
			d.Multistream(false)
			plain, _ := io.ReadAll(io.LimitReader(d, limit)) // cut short: what there is of it
			if len(plain) > 0 {
				out = append(out, place{"gzip", plain})
			}
		}
	}
	return out
}

// A place is some bytes and what they are.
type place struct {
	name string
	data []byte
}

// filesUnder reads every file of a folder: database, WAL, keys, checkpoints.
func filesUnder(t *testing.T, dir string) []place {
	t.Helper()
	var out []place
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path) // below dir by construction
		out = append(out, place{"file " + rel, raw})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// tablesOf reads every value of every table of a SQLite file, so that what lies
// across pages is found too.
func tablesOf(t *testing.T, file string) []place {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	names := column(t, db, `SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'`)
	if len(names) < 15 {
		t.Fatalf("only %d tables in %s", len(names), file)
	}
	var out []place
	for _, name := range names {
		rows, err := db.Query(`SELECT * FROM "` + string(name) + `"`)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		values := make([]sql.RawBytes, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		var all bytes.Buffer
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			for _, v := range values {
				all.Write(v)
				all.WriteByte('\n')
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		out = append(out, place{"table " + string(name), all.Bytes()})
	}
	return out
}

func column(t *testing.T, db *sql.DB, query string) [][]byte {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out [][]byte
	for rows.Next() {
		var v []byte
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

var dumpedBytes = regexp.MustCompile(`\\\\x([0-9a-f]*)`)

// dumpOf is the dump of a PostgreSQL database: its text, and the bytes that
// stand in it as hex. They are taken out of the text, in which eight digits of
// a price would sooner or later stand by chance.
func dumpOf(t *testing.T, dsn string) []place {
	t.Helper()
	tool, err := exec.LookPath("pg_dump")
	if err != nil {
		found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump") // the pattern is right
		if len(found) == 0 {
			t.Fatalf("PostgreSQL is here and pg_dump is not: %v", err)
		}
		tool = found[len(found)-1]
	}
	raw, err := exec.CommandContext(t.Context(), tool, "--no-owner", "--dbname", dsn).Output()
	if err != nil {
		t.Fatalf("pg_dump: %v", err)
	}
	if !bytes.Contains(raw, []byte("COPY public.record ")) {
		t.Fatalf("the dump of %d bytes has no records", len(raw))
	}
	var held bytes.Buffer
	for _, m := range dumpedBytes.FindAllSubmatch(raw, -1) {
		b, err := hex.DecodeString(string(m[1]))
		if err != nil {
			t.Fatal(err)
		}
		held.Write(b)
		held.WriteByte('\n')
	}
	return []place{{"pg_dump", dumpedBytes.ReplaceAll(raw, nil)}, {"bytes in pg_dump", held.Bytes()}}
}
