package files

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// s3 keeps blobs as objects of a bucket, which must exist.
type s3 struct {
	client *minio.Client
	bucket string
	prefix string // "" or ends in "/"
}

func newS3(u *url.URL) (*s3, error) {
	q := u.Query()
	client, err := minio.New(q.Get("endpoint"), &minio.Options{
		Creds: credentials.NewEnvAWS(), Secure: q.Get("insecure") != "true", Region: q.Get("region"),
	})
	if err != nil {
		return nil, err
	}
	prefix := strings.Trim(u.Path, "/")
	if prefix != "" {
		prefix += "/"
	}
	return &s3{client, u.Host, prefix}, nil
}

// Put implements Blobs: the store answers when it has the whole object.
func (s *s3) Put(ctx context.Context, name string, data []byte) error {
	_, err := s.client.PutObject(ctx, s.bucket, s.prefix+name, bytes.NewReader(data), int64(len(data)), minio.PutObjectOptions{
		ContentType: "application/octet-stream", DisableMultipart: true,
	})
	if err != nil {
		return fmt.Errorf("files: put %s: %w", name, err)
	}
	return nil
}

// Get implements Blobs.
func (s *s3) Get(ctx context.Context, name string) ([]byte, error) {
	o, err := s.client.GetObject(ctx, s.bucket, s.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, fmt.Errorf("files: get %s: %w", name, err)
	}
	defer func() { _ = o.Close() }() // what was read is whole or an error already
	data, err := io.ReadAll(o)
	if r := minio.ToErrorResponse(err); r.StatusCode == http.StatusNotFound && r.Code == minio.NoSuchKey {
		return nil, fmt.Errorf("files: %w: %s", ErrNoBlob, name)
	}
	if err != nil {
		return nil, fmt.Errorf("files: get %s: %w", name, err)
	}
	return data, nil
}

// Delete implements Blobs.
func (s *s3) Delete(ctx context.Context, name string) error {
	if err := s.client.RemoveObject(ctx, s.bucket, s.prefix+name, minio.RemoveObjectOptions{}); err != nil {
		return fmt.Errorf("files: delete %s: %w", name, err)
	}
	return nil
}
