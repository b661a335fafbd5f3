package files

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Blobs keeps sealed bytes by name. Names are made by this package: lower case
// letters, digits, dots and slashes. Implementations: Disk, S3.
type Blobs interface {
	// Put keeps data under a name, in place of what was there; when it returns
	// nil the data is durable. A crash leaves the old, the new, or nothing.
	Put(ctx context.Context, name string, data []byte) error
	// Get returns what is kept under a name; ErrNoBlob when nothing is.
	Get(ctx context.Context, name string) ([]byte, error)
	// Delete removes what is kept under a name; nil when nothing is.
	Delete(ctx context.Context, name string) error
}

// ErrNoBlob means that nothing is kept under a name.
var ErrNoBlob = errors.New("no such object")

// OpenBlobs opens what where names: a folder, or "s3://BUCKET[/PREFIX]" with the
// parameters endpoint (host and port), region and insecure=true (plain HTTP: on
// the machine itself only). Credentials of S3 come from the environment
// variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
func OpenBlobs(where string) (Blobs, error) {
	if !strings.HasPrefix(where, "s3://") {
		return Disk(where), nil
	}
	u, err := url.Parse(where)
	if err != nil || u.Host == "" || u.Query().Get("endpoint") == "" {
		return nil, errors.New("files: write s3://BUCKET/PREFIX?endpoint=HOST:PORT&region=REGION")
	}
	s, err := newS3(u)
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return s, nil
}
