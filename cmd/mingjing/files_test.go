package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mingjing/internal/exchange"
	"mingjing/internal/files/s3test"
	"mingjing/internal/ledger"
	"mingjing/internal/province"
	"mingjing/internal/standard"
)

// upload sends a whole file as one request of a trading system.
func (o *office) upload(system int, body string, meta map[string]string) *answer {
	o.t.Helper()
	var pairs []string
	meta["sha256"] = hex.EncodeToString(sum256(body))
	for name, v := range meta {
		pairs = append(pairs, name+" "+base64.StdEncoding.EncodeToString([]byte(v)))
	}
	return o.signed(system, http.MethodPost, "/exchange/v1/files", map[string]string{
		"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream", "Upload-Length": fmt.Sprint(len(body)), "Upload-Metadata": strings.Join(pairs, ","),
	}, []byte(body))
}

// attachment is a file of the plant's bids with a secret in its bytes and name.
func (p *plant) attachment(i int) string {
	body := fmt.Sprintf("%s %s %s %d", p.han(ofBid), p.ascii(ofBid), p.han(ofCommittee), i)
	p.values[ofBid][body] = "an attachment" // and so its plain digest is a secret too
	return body
}

func (p *plant) fileAddress(body string) string {
	return "/api/v1/files?sha256=" + hex.EncodeToString(sum256(body)) + "&docket=" + url.QueryEscape(p.tender)
}

// attach uploads what goes with a bid: whole, in the middle, and with other
// bytes than were declared.
func (o *office) attach(p *plant, i int) []*answer {
	o.t.Helper()
	meta := func() map[string]string {
		return map[string]string{"dataset": "507", "tender": p.tender, "lot": p.lot(1), "filename": p.ascii(ofBid) + "-" + p.han(ofBid) + ".pdf"}
	}
	out := []*answer{o.upload(0, p.attachment(i), meta())}
	if out[0].status != http.StatusCreated || out[0].header.Get("Mingjing-Log-Position") == "" {
		o.t.Fatalf("the attachment was not kept: %d %s", out[0].status, out[0].body)
	}
	// An unfinished one, of which the first part is here.
	long := p.attachment(1000+i) + strings.Repeat(" "+p.ascii(ofBid), 20_000)
	half := meta()
	half["sha256"] = hex.EncodeToString(sum256(long))
	var pairs []string
	for name, v := range half {
		pairs = append(pairs, name+" "+base64.StdEncoding.EncodeToString([]byte(v)))
	}
	unfinished := o.signed(0, http.MethodPost, "/exchange/v1/files", map[string]string{
		"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream", "Upload-Length": fmt.Sprint(len(long) + 300_000), "Upload-Metadata": strings.Join(pairs, ","),
	}, []byte(long+strings.Repeat(" ", 100_000)))
	if unfinished.status != http.StatusCreated {
		o.t.Fatalf("the unfinished attachment: %d %s", unfinished.status, unfinished.body)
	}
	wrong := meta()
	wrong["filetype"] = "text/plain"
	a := o.upload(0, p.attachment(2000+i), wrong)
	bad := o.signed(0, http.MethodPost, "/exchange/v1/files", map[string]string{
		"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream", "Upload-Length": "4",
		"Upload-Metadata": "dataset NTA3,tender " + base64.StdEncoding.EncodeToString([]byte(p.tender)) + ",filename " + base64.StdEncoding.EncodeToString([]byte(p.han(ofBid))) +
			",sha256 " + base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(sum256(p.attachment(3000))))),
	}, []byte("body"))
	if bad.status != http.StatusUnprocessableEntity {
		o.t.Fatalf("other bytes than declared: %d %s", bad.status, bad.body)
	}
	at := unfinished.header.Get("Location")
	out = append(out, unfinished, a, bad, o.signed(0, http.MethodHead, at, map[string]string{"Tus-Resumable": "1.0.0"}, nil),
		o.signed(1, http.MethodHead, at, map[string]string{"Tus-Resumable": "1.0.0"}, nil), o.signed(0, http.MethodDelete, at, map[string]string{"Tus-Resumable": "1.0.0"}, nil))
	return out
}

// An attachment lives with its lot: shut to all before the opening, whoever
// names it; then for whoever sees the record that names it; verify finds it
// whole, and harm to it.
func TestAttachmentLives(t *testing.T) {
	o := openOffice(t, "")
	p := newPlant(7, o.systems[0].Platform)
	hourAgo := time.Now().Add(-time.Hour)
	for _, r := range p.tenderUp(t, hourAgo) {
		o.batch(0, r)
	}
	body := "a recording of the opening"
	meta := map[string]string{"dataset": "9113", "tender": p.tender, "lot": p.lot(1), "filename": "开标.mp4", "filetype": "video/mp4"}
	if a := o.upload(0, body, meta); a.status != http.StatusCreated {
		t.Fatalf("%d %s", a.status, a.body)
	}
	o.batch(0, p.record(t, "9113", 0, map[string]string{"FILE_DIGEST": hex.EncodeToString(sum256(body)), "BID_SECTION_CODE": p.lot(1)}))
	for i := range 3 {
		o.batch(0, p.bids(t, i)...)
	}
	o.settle()
	for _, seat := range everySeat {
		if a := o.get(seat, p.fileAddress(body)); a.status != http.StatusNotFound {
			t.Errorf("%s before the opening: %d %s", seat, a.status, a.body)
		}
	}
	o.batch(0, p.opening(t, time.Now().Add(-30*time.Minute)))
	o.settle()
	o.until("the lot opens", func() bool { return o.view(atPublic, p.tender).Lots[0].Moment == "opened" })
	for _, seat := range everySeat {
		a := o.get(seat, p.fileAddress(body))
		sees := map[string]bool{atSource: true, atSupervisor: true, atAuditor: true}[seat]
		if sees && (a.status != 200 || string(a.body) != body || a.header.Get("Content-Type") != "video/mp4") || !sees && a.status != http.StatusNotFound {
			t.Errorf("%s after the opening: %d %s", seat, a.status, a.body)
		}
	}
	o.stop()
	if out := o.run("verify", "--deep", "--data", o.data); !strings.Contains(out, "1 attachments: sealed bytes compared") {
		t.Errorf("verify says\n%s", out)
	}
	// Somebody harms the bytes, then removes them, then the row too.
	var object string
	err := filepath.WalkDir(filepath.Join(o.data, "files"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			object = path
		}
		return err
	})
	if err != nil || object == "" {
		t.Fatal(object, err)
	}
	raw, err := os.ReadFile(object)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)-1] ^= 1
	if err := os.WriteFile(object, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	troubles := func(want string) {
		t.Helper()
		if out, status := o.try("verify", "--data", o.data); status != 1 || !strings.Contains(out, want) {
			t.Errorf("verify ended with %d, want a word of %q:\n%s", status, want, out)
		}
	}
	troubles("do not have the digest that was logged")
	if err := os.Remove(object); err != nil {
		t.Fatal(err)
	}
	troubles("a part of the attachment is not there")
	sqliteDo(t, o.data, `UPDATE file SET digest = x'00'`)
	troubles("is not what its receipt in the log says")
	sqliteDo(t, o.data, `DELETE FROM file`)
	troubles("the log holds its receipt, but the attachment is not there")
}

// sqliteDo runs one statement past the program.
func sqliteDo(t *testing.T, data, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(data, "mingjing.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// slowly waits before each request, so that a kill comes in the middle.
type slowly struct{ next http.RoundTripper }

func (s slowly) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(25 * time.Millisecond)
	return s.next.RoundTrip(r)
}

// A file comes in whole though the server is killed in the middle again and
// again; there is one receipt, and what is unfinished stays so.
func TestUploadSurvivesKill(t *testing.T) {
	uploadSurvivesKill(t, t.TempDir(), kills(3)/3+2, func() {})
}

// The same on a disk that loses what was not synced.
func TestUploadSurvivesPowerCut(t *testing.T) {
	disk := newDropFS(t)
	uploadSurvivesKill(t, filepath.Join(disk.mount, "data"), 3, func() { disk.cut(t) })
	if disk.syncs == 0 {
		t.Fatal("nothing was synced: the test shows nothing")
	}
}

// uploadSurvivesKill uploads one file while the server is killed n times;
// after each kill, between is called.
func uploadSurvivesKill(t *testing.T, data string, n int, between func(), args ...string) {
	sys := province.Systems(7)[0]
	register(t, data, sys)
	args = append([]string{"serve", "--data", data}, args...)
	c := startChild(t, append(args, "--listen", "127.0.0.1:0")...)
	at := c.url
	address := strings.TrimPrefix(at, "http://")
	body := make([]byte, 5<<20+17)
	for i := range body {
		body[i] = byte(rand.Int())
	}
	client, err := sys.Client(at)
	if err != nil {
		t.Fatal(err)
	}
	client.HTTP = &http.Client{Transport: slowly{http.DefaultTransport}, Timeout: 20 * time.Second}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	const tender = "E4101001234567890001"
	type done struct {
		got *exchange.Uploaded
		err error
	}
	end := make(chan done, 1)
	go func() {
		a := exchange.Attachment{Dataset: "503", Tender: tender, Lots: []string{tender + "001"}, Size: int64(len(body)), Part: 256 << 10}
		got, err := client.UploadFile(ctx, a, bytes.NewReader(body))
		end <- done{got, err}
	}()
	var d *done
	killed := 0
	for d == nil && killed < n {
		select {
		case one := <-end:
			d = &one
		case <-time.After(time.Duration(40+rand.IntN(200)) * time.Millisecond):
			c.kill()
			between()
			killed++
			c = startChild(t, append(args, "--listen", address)...)
		}
	}
	if d == nil {
		one := <-end
		d = &one
	}
	c.kill()
	if d.err != nil {
		t.Fatalf("after %d kills: %v", killed, d.err)
	}
	if killed == 0 {
		t.Fatal("it was never killed: the test shows nothing")
	}
	h, err := (dataFlags{Data: data, Log: "mingjing.local/log"}).open(context.Background(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	where := dataFlags{Data: data}
	for i := range args {
		if args[i] == "--files" {
			where.Files = args[i+1]
		}
	}
	service, err := openFiles(where, h.db, h.keys, h.ledger, fileFlags{}.limits())
	if err != nil {
		t.Fatal(err)
	}
	kept, err := service.ByID(context.Background(), d.got.ID)
	if err != nil || kept == nil {
		t.Fatalf("%v %v", kept, err)
	}
	r, err := kept.Open(context.Background(), func(standard.Vault, standard.Seal) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	if back, err := io.ReadAll(r); err != nil || !bytes.Equal(back, body) {
		t.Errorf("%d bytes of %d came back, %v", len(back), len(body), err)
	}
	receipts := 0
	if err := h.db.Rows(context.Background(), 0, h.ledger.Size(), func(r *ledger.Row) error {
		if r.Origin == ledger.SystemOrigin && r.Dataset == "" { // sealed whole
			receipts++
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if receipts != 1 {
		t.Errorf("%d receipts", receipts)
	}
	verify := []string{"verify", "--data", data}
	if where.Files != "" {
		verify = append(verify, "--files", where.Files)
	}
	if status := run(context.Background(), verify); status != 0 {
		t.Errorf("verify ended with %d", status)
	}
	t.Logf("%d kills survived", killed)
}

// The same with the bytes on S3.
func TestUploadSurvivesKillOnS3(t *testing.T) {
	uploadSurvivesKill(t, t.TempDir(), 2, func() {}, "--files", s3test.Bucket(t))
}
