package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// Attachment is what a client says of a file that it uploads. Data set, tender
// and lots are those of the record that names the file by its SHA-256.
type Attachment struct {
	Platform string // platform code; may be left out when the source owns one
	Dataset  string
	Tender   string
	Lots     []string
	Name     string // for people, such as "招标文件.pdf"; no path
	Type     string // media type
	Size     int64  // bytes

	// Upload goes on with an upload that was begun before, by its id; "" begins
	// one. Begun, when not nil, is told the id as soon as there is one: who keeps
	// it can go on after a restart.
	Upload string
	Begun  func(id string)
	// Part is how many bytes are sent at once; 0: 4 MiB.
	Part int64
}

// Uploaded is a file that the door has whole.
type Uploaded struct {
	ID       string
	SHA256   string // hex, by which a record names the file
	Position int64  // of its receipt in the log
}

// retryAfterBreak is how long the client waits when a connection broke.
const retryAfterBreak = 200 * time.Millisecond

// UploadFile computes the file's SHA-256 and sends it in parts. When a
// connection breaks, or the door answers 429 or 5xx, it asks how far the upload
// has come and goes on from there, until ctx ends; any other refusal is a
// *Problem. On return without an error the file is durable and in the log.
func (c *Client) UploadFile(ctx context.Context, a Attachment, file io.ReaderAt) (*Uploaded, error) {
	h := sha256.New()
	if n, err := io.Copy(h, io.NewSectionReader(file, 0, a.Size)); err != nil || n != a.Size {
		return nil, fmt.Errorf("read the file: %d of %d bytes: %w", n, a.Size, errors.Join(err, io.ErrUnexpectedEOF))
	}
	if a.Part <= 0 {
		a.Part = 4 << 20
	}
	u := &uploading{c: c, a: a, file: file, out: Uploaded{ID: a.Upload, SHA256: hex.EncodeToString(h.Sum(nil)), Position: -1}, unsure: a.Upload != ""}
	for {
		wait, err := u.step(ctx)
		if err == nil {
			if u.out.Position >= 0 {
				return &u.out, nil
			}
			continue
		}
		if wait == 0 {
			return nil, err
		}
		u.unsure = u.out.ID != ""
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, fmt.Errorf("%w; the last that went wrong: %w", ctx.Err(), err)
		}
	}
}

// uploading is one upload on its way.
type uploading struct {
	c      *Client
	a      Attachment
	file   io.ReaderAt
	out    Uploaded
	at     int64
	unsure bool // how far it has come must be asked
}

// step begins, asks or sends one part. wait is not 0 when it may be done again.
func (u *uploading) step(ctx context.Context) (wait time.Duration, err error) {
	header := http.Header{"Tus-Resumable": {"1.0.0"}}
	method, path := http.MethodPatch, filesPath+"/"+u.out.ID
	var part []byte
	switch {
	case u.out.ID == "":
		method, path = http.MethodPost, filesPath
		header.Set("Upload-Length", strconv.FormatInt(u.a.Size, 10))
		header.Set("Upload-Metadata", u.metadata())
	case u.unsure:
		method = http.MethodHead
	default:
		part = make([]byte, min(u.a.Part, u.a.Size-u.at))
		if _, err := u.file.ReadAt(part, u.at); err != nil && !errors.Is(err, io.EOF) {
			return 0, fmt.Errorf("read the file: %w", err)
		}
		header.Set("Upload-Offset", strconv.FormatInt(u.at, 10))
		header.Set("Content-Type", tusType)
	}
	got, wait, err := u.c.tus(ctx, method, path, header, part)
	if err != nil {
		var p *Problem
		if errors.As(err, &p) && p.Rule == ruleFileOffset.id { // an answer was lost: the part is there
			wait = time.Millisecond
		}
		return wait, err
	}
	if method == http.MethodPost {
		u.out.ID = strings.TrimPrefix(got.Get("Location"), filesPath+"/")
		if u.a.Begun != nil {
			u.a.Begun(u.out.ID)
		}
	} else if u.at, err = strconv.ParseInt(got.Get("Upload-Offset"), 10, 64); err != nil || u.at < 0 || u.at > u.a.Size {
		return 0, fmt.Errorf("the door answered with the offset %q", got.Get("Upload-Offset"))
	}
	u.unsure = false
	if text := got.Get("Mingjing-Log-Position"); text != "" {
		if u.out.Position, err = strconv.ParseInt(text, 10, 64); err != nil {
			return 0, fmt.Errorf("the door answered with the log position %q", text)
		}
	}
	return 0, nil
}

// metadata writes the declaration as the tus protocol does.
func (u *uploading) metadata() string {
	var out []string
	for _, pair := range [][2]string{
		{"sha256", u.out.SHA256},
		{"platform", u.a.Platform},
		{"dataset", u.a.Dataset},
		{"tender", u.a.Tender},
		{"lot", strings.Join(u.a.Lots, ";")},
		{"filename", u.a.Name},
		{"filetype", u.a.Type},
	} {
		if pair[1] != "" {
			out = append(out, pair[0]+" "+base64.StdEncoding.EncodeToString([]byte(pair[1])))
		}
	}
	return strings.Join(out, ",")
}

// tus signs and sends one request of the protocol.
func (c *Client) tus(ctx context.Context, method, path string, header http.Header, body []byte) (http.Header, time.Duration, error) {
	r, err := c.signed(ctx, method, path, header, body)
	if err != nil {
		return nil, 0, fmt.Errorf("upload: %w", err)
	}
	resp, err := c.client().Do(r)
	if err != nil {
		return nil, retryAfterBreak, fmt.Errorf("upload: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, retryAfterBreak, fmt.Errorf("upload: %w", err)
	}
	if resp.StatusCode < 300 {
		return resp.Header, 0, nil
	}
	var wait time.Duration
	if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500 {
		wait = retryAfter(resp.Header)
	}
	problem := new(Problem)
	if err := json.Unmarshal(text, problem); err != nil { // the answer to HEAD has no body
		return nil, wait, fmt.Errorf("upload: the door answered %s to %s", resp.Status, method)
	}
	return nil, wait, problem
}
