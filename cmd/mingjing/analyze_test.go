package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// Packed lines are unpacked by their first bytes, whatever the file's name.
func TestOpenLinesUnpacks(t *testing.T) {
	plain := []byte("{\"ocid\":\"a\"}\n{\"ocid\":\"b\"}\n")
	var zipped, squeezed bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := zstd.NewWriter(&squeezed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"plain": plain, "gzip": zipped.Bytes(), "zstd": squeezed.Bytes(), "empty": nil, "short": []byte("{}")} {
		file := filepath.Join(t.TempDir(), "lines")
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		want := content
		if name == "gzip" || name == "zstd" {
			want = plain
		}
		r, done, err := openLines(file)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := io.ReadAll(r)
		done()
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	// A packed file that is cut is an error, not a shorter answer.
	file := filepath.Join(t.TempDir(), "cut")
	if err := os.WriteFile(file, zipped.Bytes()[:zipped.Len()-9], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (&analyzeOCDSCmd{Format: "cardinal", File: file}).Run(); err == nil {
		t.Error("a cut file was taken for whole")
	}
}
