// Package s3test starts a private S3 server (versitygw) for tests.
package s3test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

const (
	bucket = "attachments"
	access = "mingjing-test"
	secret = "only-for-this-test"
)

// Bucket starts a server of its own in a temporary folder and returns where an
// empty bucket is, as files.OpenBlobs reads it, with the credentials in the
// environment. The test is skipped, loudly, when versitygw is neither in PATH,
// nor in bin/tools, where `make test` puts it, nor at MINGJING_VERSITYGW.
func Bucket(t testing.TB) (where string) {
	t.Helper()
	gateway := find()
	if gateway == "" {
		t.Skip("SKIPPED, NOT TESTED ON S3: versitygw is not here; scripts/prepare.sh installs it")
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	endpoint := l.Addr().String() // free a moment ago: it cannot be handed over
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"data", "meta"} { // not every file system of a test machine has extended attributes
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(context.Background(), gateway, "--quiet", "--port", endpoint, "posix", "--sidecar", filepath.Join(dir, "meta"), filepath.Join(dir, "data"))
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+access, "ROOT_SECRET_KEY="+secret)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it keeps nothing that is needed
		_ = cmd.Wait()
	})
	client, err := minio.New(endpoint, &minio.Options{Creds: credentials.NewStaticV4(access, secret, ""), Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if err = client.MakeBucket(context.Background(), bucket, minio.MakeBucketOptions{}); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("versitygw did not answer within 20 s: %v", err)
		}
	}
	t.Setenv("AWS_ACCESS_KEY_ID", access)
	t.Setenv("AWS_SECRET_ACCESS_KEY", secret)
	return fmt.Sprintf("s3://%s/prefix?endpoint=%s&region=us-east-1&insecure=true", bucket, endpoint)
}

// find looks for the server's program.
func find() string {
	if path := os.Getenv("MINGJING_VERSITYGW"); path != "" {
		return path
	}
	for _, up := range []string{".", "..", "../..", "../../.."} {
		path, err := filepath.Abs(filepath.Join(up, "bin", "tools", "versitygw"))
		if err != nil {
			continue
		}
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	path, _ := exec.LookPath("versitygw")
	return path
}
