package files

import (
	"bytes"
	"errors"
	"testing"

	"mingjing/internal/files/s3test"
)

// Every place keeps blobs alike.
func TestBlobs(t *testing.T) {
	t.Run("disk", func(t *testing.T) { testBlobs(t, Disk(t.TempDir())) })
	t.Run("s3", func(t *testing.T) { testBlobs(t, bucket(t)) })
}

func bucket(t testing.TB) Blobs {
	t.Helper()
	b, err := OpenBlobs(s3test.Bucket(t))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func testBlobs(t *testing.T, b Blobs) {
	ctx := t.Context()
	if _, err := b.Get(ctx, "ab/cd/x.0"); !errors.Is(err, ErrNoBlob) {
		t.Errorf("of nothing: %v", err)
	}
	for _, data := range [][]byte{{}, []byte("one"), bytes.Repeat([]byte{0, 255}, 5<<20), []byte("shorter")} {
		if err := b.Put(ctx, "ab/cd/x.0", data); err != nil {
			t.Fatal(err)
		}
		if got, err := b.Get(ctx, "ab/cd/x.0"); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes: %d came back, %v", len(data), len(got), err)
		}
	}
	if err := b.Put(ctx, "ab/cd/x.1", []byte("beside")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := b.Delete(ctx, "ab/cd/x.0"); err != nil {
			t.Errorf("delete: %v", err)
		}
	}
	if _, err := b.Get(ctx, "ab/cd/x.0"); !errors.Is(err, ErrNoBlob) {
		t.Errorf("deleted: %v", err)
	}
	if got, err := b.Get(ctx, "ab/cd/x.1"); err != nil || string(got) != "beside" {
		t.Errorf("its neighbour: %q %v", got, err)
	}
}

// The whole of a file's life on S3.
func TestOnS3(t *testing.T) {
	b := bucket(t)
	k := newKit(t, func(c *Config) { c.Blobs = b })
	body := bytes.Repeat([]byte("0123456789"), 5000)
	u := k.send(body, 7000)
	if got, err := k.read(u.ID(), opened); err != nil || !bytes.Equal(got, body) {
		t.Errorf("%d bytes came back, %v", len(got), err)
	}
	if got := k.troubles(); got != nil {
		t.Errorf("the check says %v", got)
	}
	if err := b.Put(t.Context(), u.blob(7000), []byte("other")); err != nil {
		t.Fatal(err)
	}
	if got := k.troubles(); len(got) != 1 || got[0] != "altered" {
		t.Errorf("the check of altered bytes says %v", got)
	}
	if err := b.Delete(t.Context(), u.blob(7000)); err != nil {
		t.Fatal(err)
	}
	if got := k.troubles(); len(got) != 1 || got[0] != "missing" {
		t.Errorf("the check of missing bytes says %v", got)
	}
	if _, err := k.read(u.ID(), opened); !errors.Is(err, ErrDamaged) {
		t.Errorf("read: %v", err)
	}
}

func TestOpenBlobs(t *testing.T) {
	for _, where := range []string{"s3://", "s3://bucket", "s3://bucket/x?region=y", "s3:// bucket?endpoint=x"} {
		if _, err := OpenBlobs(where); err == nil {
			t.Errorf("%q was opened", where)
		}
	}
	if b, err := OpenBlobs("/some/folder"); err != nil || b != Disk("/some/folder") {
		t.Errorf("a folder: %v %v", b, err)
	}
}

func BenchmarkUploadS3(b *testing.B) {
	blobs := bucket(b)
	k := newKit(b, func(c *Config) { c.Limits, c.Blobs = Limits{}, blobs })
	body := bytes.Repeat([]byte("0123456789abcdef"), (32<<20)/16)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		k.send(body, 8<<20)
	}
}
