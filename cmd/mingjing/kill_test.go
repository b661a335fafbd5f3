package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mingjing/internal/exchange/signature"
	"mingjing/internal/ledger"
	"mingjing/internal/province"
	"mingjing/internal/standard"
)

// The test binary is also the program: a child with this variable runs the
// command line instead of the tests, so that it can be killed.
const asProgram = "MINGJING_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	// The program starts itself to read a file, with an environment of nothing.
	if os.Getenv(asProgram) != "" || len(os.Args) == 2 && os.Args[1] == "file-worker" {
		main()
		return
	}
	os.Exit(m.Run())
}

// A child is the server in a process of its own.
type child struct {
	cmd *exec.Cmd
	url string
	out *bytes.Buffer
	mu  sync.Mutex
}

func (c *child) output() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.String()
}

// startChild runs `mingjing args…` and waits until it says where it listens.
func startChild(t *testing.T, args ...string) *child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: exec.Command(self, args...), out: &bytes.Buffer{}}
	c.cmd.Env = append(os.Environ(), asProgram+"=1")
	pipe, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.cmd.Stderr = c.cmd.Stdout
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found := make(chan string, 1)
	go func() {
		s := bufio.NewScanner(pipe)
		for s.Scan() {
			c.mu.Lock()
			fmt.Fprintln(c.out, s.Text())
			c.mu.Unlock()
			if _, url, ok := strings.Cut(s.Text(), "listening on "); ok {
				select {
				case found <- strings.Fields(url)[0]:
				default:
				}
			}
		}
		close(found)
	}()
	select {
	case url, ok := <-found:
		if !ok {
			t.Fatalf("the server ended before it listened:\n%s", c.output())
		}
		c.url = url
	case <-time.After(20 * time.Second):
		_ = c.cmd.Process.Kill()
		t.Fatalf("the server did not listen within 20 s:\n%s", c.output())
	}
	return c
}

func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// register makes the first simulated system a source of the data folder.
func register(t *testing.T, data string, sys province.System) {
	t.Helper()
	key, err := signature.NewPrivateKey(signature.Ed25519, sys.Key)
	if err != nil {
		t.Fatal(err)
	}
	pem, err := key.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, []byte(pem), 0o600); err != nil {
		t.Fatal(err)
	}
	status := run(context.Background(), []string{
		"source", "add", "--data", data, "--name", sys.Name, "--kind", sys.Kind, "--region", sys.Region,
		"--platform", sys.Platform, "--key-id", sys.KeyID(), "--key", file, "--rate", "100000",
	})
	if status != 0 {
		t.Fatalf("source add ended with %d", status)
	}
}

// acked is what the door acknowledged: key of the record to log position.
type acked struct {
	mu sync.Mutex
	at map[string]int64
}

func writer(ctx context.Context, sys province.System, base func() string, id int, got *acked) {
	for n := 0; ctx.Err() == nil; n++ {
		var list []standard.Record
		for i := range 20 {
			list = append(list, notice(sys.Platform, fmt.Sprintf("w%d-%d-%d", id, n, i), i%killDockets))
		}
		for ctx.Err() == nil { // until it is acknowledged: the same batch again
			if answers, err := post(ctx, sys, base(), list); err == nil {
				got.mu.Lock()
				for i, a := range answers {
					got.at[list[i].Key] = a
				}
				got.mu.Unlock()
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// killDockets is over how many dockets the records are spread.
const killDockets = 10

func killDocket(n int) string { return fmt.Sprintf("E4101001234567890%03d", n) }

func notice(origin, key string, docket int) standard.Record {
	return standard.Record{
		Origin: origin, Dataset: "503", Op: standard.Insert, Key: key, Revision: "20260301090000",
		Fields: map[string]string{"TENDER_PROJECT_CODE": killDocket(docket), "NOTICE_NAME": "公告" + key, "NOTICE_SEND_TIME": "20260301090000"},
	}
}

// post sends one batch and gives the positions that were acknowledged.
func post(ctx context.Context, sys province.System, base string, list []standard.Record) ([]int64, error) {
	client, err := sys.Client(base)
	if err != nil {
		return nil, err
	}
	client.HTTP = &http.Client{Timeout: 10 * time.Second}
	defer client.HTTP.CloseIdleConnections()
	answer, err := client.Send(ctx, sys.Platform, list)
	if err != nil {
		return nil, err
	}
	out := make([]int64, 0, len(answer.Answers))
	for _, a := range answer.Answers {
		if a.Receipt == nil {
			return nil, errors.New("an answer without receipt: " + string(a.Status))
		}
		out = append(out, a.Receipt.Position)
	}
	return out, nil
}

// checkAcked opens the dead server's folder and looks for every acknowledged
// record: it must be in the log at its position, and only there, and in its
// docket.
func checkAcked(t *testing.T, data string, got *acked) {
	t.Helper()
	ctx := context.Background()
	h, err := (dataFlags{Data: data, Log: "mingjing.local/log"}).open(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatalf("the folder does not open after the kill: %v", err)
	}
	defer h.close()
	head, err := h.db.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	at := map[string][]int64{}
	if err := h.db.Rows(ctx, 0, head.Size, func(r *ledger.Row) error {
		at[r.Key] = append(at[r.Key], r.Position)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for key, pos := range got.at {
		if len(at[key]) != 1 || at[key][0] != pos {
			t.Errorf("acknowledged %s at %d, the log has it at %v", key, pos, at[key])
		}
	}
	if err := h.worker.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	live := map[string]bool{}
	for n := range killDockets {
		d, err := h.docketOf(ctx, killDocket(n))
		if err != nil || d == nil {
			t.Fatalf("docket %d of the acknowledged records: %v", n, err)
		}
		for _, e := range d.Live {
			live[e.Key] = true
		}
	}
	for key := range got.at {
		if !live[key] {
			t.Errorf("acknowledged %s is not in its docket", key)
		}
	}
	if t.Failed() {
		return
	}
	if status := run(ctx, []string{"verify", "--data", data}); status != 0 {
		t.Errorf("verify ended with %d", status)
	}
}

func kills(short int) int {
	if n, err := strconv.Atoi(os.Getenv("MINGJING_KILLS")); err == nil {
		return n
	}
	if testing.Short() {
		return short
	}
	return 100
}

// What was acknowledged is found, once, in log and docket, however often the
// server is killed in the middle of work. MINGJING_KILLS sets how often.
func TestKill(t *testing.T) {
	data := t.TempDir()
	sys := province.Systems(7)[0]
	register(t, data, sys)
	var mu sync.Mutex
	c := startChild(t, "serve", "--data", data, "--listen", "127.0.0.1:0")
	base := func() string { mu.Lock(); defer mu.Unlock(); return c.url }
	ctx, cancel := context.WithCancel(context.Background())
	got := &acked{at: map[string]int64{}}
	var wg sync.WaitGroup
	for id := range 3 {
		wg.Add(1)
		go func() { defer wg.Done(); writer(ctx, sys, base, id, got) }()
	}
	n := kills(5)
	for range n {
		time.Sleep(time.Duration(20+rand.IntN(180)) * time.Millisecond)
		mu.Lock()
		c.kill()
		c = startChild(t, "serve", "--data", data, "--listen", "127.0.0.1:0")
		mu.Unlock()
	}
	cancel()
	wg.Wait()
	c.kill()
	if len(got.at) == 0 {
		t.Fatal("nothing was acknowledged: the test shows nothing")
	}
	checkAcked(t, data, got)
	t.Logf("%d kills survived, %d records acknowledged, all found once", n, len(got.at))
}

// The same on a disk that loses what was not synced.
func TestPowerCut(t *testing.T) {
	disk := newDropFS(t)
	data := filepath.Join(disk.mount, "data")
	sys := province.Systems(7)[0]
	register(t, data, sys)
	got := &acked{at: map[string]int64{}}
	n := 6
	if testing.Short() {
		n = 2
	}
	for id := range n {
		c := startChild(t, "serve", "--data", data, "--listen", "127.0.0.1:0")
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(150+rand.IntN(350))*time.Millisecond)
		writer(ctx, sys, func() string { return c.url }, id, got)
		cancel()
		c.kill()
		disk.cut(t)
	}
	if len(got.at) == 0 || disk.syncs == 0 {
		t.Fatalf("%d records acknowledged, %d syncs seen: the test shows nothing", len(got.at), disk.syncs)
	}
	checkAcked(t, data, got)
	t.Logf("%d power cuts survived, %d records acknowledged, all found once", n, len(got.at))
}
