package alike

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/extract"
	"mingjing/internal/files"
	"mingjing/internal/ledger"
	"mingjing/internal/refold"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

const (
	origin = "12410000000000000A"
	tender = "E4100002600000001001"
	lot1   = tender + "001"
	lot2   = tender + "002"
)

// clock goes on by a millisecond at each look: no two are at the same time.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

func (c *clock) set(s string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, err := time.Parse("2006-01-02 15:04 -0700", s+" +0800")
	if err != nil {
		panic(err)
	}
	c.now = at
}

// watched are blobs that count what is read of them.
type watched struct {
	files.Blobs
	mu   sync.Mutex
	gets int
}

func (w *watched) Get(ctx context.Context, name string) ([]byte, error) {
	w.mu.Lock()
	w.gets++
	w.mu.Unlock()
	return w.Blobs.Get(ctx, name)
}

// bench is a log, a worker and a job over real stores.
type bench struct {
	*testing.T
	dir    string
	db     *store.DB
	keys   *ledger.Keyring
	ledger *ledger.Ledger
	files  *files.Service
	blobs  *watched
	clock  *clock
	worker *refold.Worker
	job    *Job
	log    bytes.Buffer
	read   int // files read by a parser
}

func newBench(t *testing.T, change ...func(*Config)) *bench {
	t.Helper()
	b := &bench{T: t, dir: t.TempDir(), clock: &clock{}}
	b.clock.set("2018-03-01 10:00")
	var err error
	if b.db, err = store.Open(t.Context(), "sqlite:"+filepath.Join(b.dir, "m.db")); err != nil {
		t.Fatal(err)
	}
	if b.keys, err = ledger.OpenKeyring(filepath.Join(b.dir, "keys")); err != nil {
		t.Fatal(err)
	}
	if b.ledger, err = ledger.Open(t.Context(), b.db, b.keys, ledger.Options{Name: "t/log", Clock: b.clock.Now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(b.ledger.Close(), b.keys.Close(), b.db.Close()); err != nil {
			t.Error(err)
		}
	})
	log := slog.New(slog.NewTextHandler(&b.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b.blobs = &watched{Blobs: files.Disk(filepath.Join(b.dir, "files"))}
	b.files = files.New(files.Config{Store: b.db, Keys: b.keys, Blobs: b.blobs, Log: b.ledger, Catalogue: standard.Default(), Clock: b.clock.Now, Limits: files.Limits{MinChunk: 1}})
	b.worker = refold.New(refold.Config{Store: b.db, Ledger: b.ledger, Clock: b.clock.Now, Log: log, Evaluate: func(d *docket.Docket, at time.Time) []detect.Finding {
		return detect.Evaluate(d, detect.Env{At: at, Likeness: func(docket, lot string) (*detect.Likeness, error) {
			return Stored(context.Background(), b.db, b.keys, docket, lot)
		}})
	}})
	c := Config{Store: b.db, Files: b.files, Keys: b.keys, Clock: b.clock.Now, Log: log}
	c.Read = func(ctx context.Context, data []byte) (*extract.Answer, error) {
		b.read++
		return extract.ReadAll(ctx, data, extract.JobLimits, nil)
	}
	for _, f := range change {
		f(&c)
	}
	b.job = New(c)
	return b
}

func (b *bench) send(dataset, key string, pairs ...string) {
	b.Helper()
	f := map[string]string{"TENDER_PROJECT_CODE": tender}
	for i := 0; i+1 < len(pairs); i += 2 {
		f[pairs[i]] = pairs[i+1]
	}
	r := standard.Record{Origin: origin, Dataset: dataset, Op: standard.Insert, Key: key, Revision: "1", Fields: f}
	d := ledger.Draft{Record: r, Sealing: standard.Default().Sealing(&r)}
	for _, c := range docket.Codes(&r) {
		d.Codes = append(d.Codes, string(c))
	}
	if _, err := b.ledger.Append(b.Context(), ledger.Submission{Author: ledger.Author{Kind: "source", ID: "north", Key: "k1"}, Drafts: []ledger.Draft{d}}); err != nil {
		b.Fatal(err)
	}
}

// tenderUp announces a tender of lots whose document is given ("": none).
func (b *bench) tenderUp(document string, lots ...string) {
	b.Helper()
	b.send("501", tender, "TENDER_PROJECT_NAME", "一中综合楼建设工程", "REGION_CODE", "410100", "TENDER_PROJECT_TYPE", "A01", "IS_TO_LAW", "1")
	for _, l := range lots {
		b.send("502", l, "BID_SECTION_CODE", l, "BID_SECTION_NAME", l)
	}
	b.send("503", "N1", "BID_SECTION_CODES", strings.Join(lots, ";"), "NOTICE_NAME", "招标公告", "NOTICE_SEND_TIME", "20180301090000", "DOC_GET_START_TIME", "20180301090000", "BULLETIN_TYPE", "1", "NOTICE_NATURE", "1",
		"BID_DOC_REFER_END_TIME", "20180321093000", "BID_OPEN_TIME", "20180321093000")
	if document != "" {
		b.send("504", "D1", "BID_SECTION_CODES", strings.Join(lots, ";"), "URL", "https://example.cn/"+b.keep("504", []byte(document), lots...))
	}
}

// keep uploads a file of some lots and returns its digest.
func (b *bench) keep(dataset string, body []byte, lots ...string) string {
	b.Helper()
	sum := sha256.Sum256(body)
	d := files.Declared{Origin: origin, Dataset: dataset, Tender: tender, Lots: lots, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(body))}
	u, err := b.files.Begin(b.Context(), "north", d)
	if err == nil {
		err = u.Append(b.Context(), 0, body)
	}
	if err != nil {
		b.Fatal(err)
	}
	return d.SHA256
}

var bidderNames = []string{"河南甲和建筑工程有限公司", "郑州乙达路桥有限公司", "洛阳丙盛市政工程有限公司", "开封丁顺建设有限公司"}

// bid sends one bidder's bid for a lot, with its files.
func (b *bench) bid(n int, lot string, digests ...string) {
	b.Helper()
	who := []string{"BID_SECTION_CODE", lot, "BIDDER_NAME", bidderNames[n], "BIDDER_ORG_CODE", fmt.Sprintf("9141000000000000%02d", n)}
	b.send("507", fmt.Sprint(lot, "B", n), append(who, "BID_PRICE", fmt.Sprint(1000000+n*7013), "PRICE_UNIT", "0", "CHECKIN_TIME", "20180321080000")...)
	b.send("519", fmt.Sprint(lot, "T", n), append(who, "TENDER_DOC_SUBMITTIME", fmt.Sprintf("201803200%d0000", n+1), "TENDER_DOCUMENTS_URL", strings.Join(digests, ","))...)
}

func (b *bench) open(lot string) {
	b.Helper()
	b.send("506", "O"+lot, "BID_SECTION_CODES", lot, "BID_OPENING_TIME", "20180321093000")
	b.clock.set("2018-03-21 10:00")
	b.settle()
}

// settle folds and compares until nothing is left, and checks that the stored
// findings are what the log and the files give.
func (b *bench) settle() {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 60*time.Second)
	defer cancel()
	for range 3 { // fold, compare, ask again
		if err := errors.Join(b.worker.Drain(ctx), b.job.Drain(ctx)); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := b.worker.Deep(ctx, func(d refold.Difference) error {
		b.Errorf("deep: %+v", d)
		return nil
	}); err != nil {
		b.Fatal(err)
	}
}

// ask answers an indicator about a lot as it stands now.
func (b *bench) ask(indicator, lot string) detect.Finding {
	b.Helper()
	row, err := b.db.Docket(b.Context(), tender)
	if err != nil {
		b.Fatal(err)
	}
	d, err := docket.Decode(row.Body)
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range b.worker.Evaluate(d, b.clock.Now()) {
		if f.Indicator == indicator && f.Lot == lot {
			return f
		}
	}
	b.Fatalf("no answer of %s", indicator)
	return detect.Finding{}
}

func (b *bench) wants(lot string, states map[string]detect.State) {
	b.Helper()
	for _, id := range []string{"D12", "E01", "E02", "E03", "E04", "F02"} {
		if f, want := b.ask(id, lot), states[id]; want != "" && f.State != want {
			b.Errorf("%s of %s is %s (%s%s), want %s", id, lot, f.State, f.Reason, f.TextEN, want)
		}
	}
}

// stored are the indicators of files that are stored as fired.
func (b *bench) stored() (out []string) {
	b.Helper()
	rows, err := b.db.DocketFindings(b.Context(), tender)
	if err != nil {
		b.Fatal(err)
	}
	for _, r := range rows {
		if slices.Contains([]string{"D12", "E01", "E02", "E03", "E04", "F02"}, r.Indicator) && r.State == "fired" {
			out = append(out, r.Indicator)
		}
	}
	slices.Sort(out)
	return out
}

// nowhere fails when a text stands in a file of the folder or in the log.
func (b *bench) nowhere(when string, texts ...string) {
	b.Helper()
	err := filepath.WalkDir(b.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, text := range texts {
			if bytes.Contains(raw, []byte(text)) {
				b.Errorf("%s: %q stands in %s", when, text, filepath.Base(path))
			}
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	for _, text := range texts {
		if strings.Contains(b.log.String(), text) {
			b.Errorf("%s: %q stands in the log", when, text)
		}
	}
}

const (
	document = "投标人应按照招标文件第五章的要求编制施工组织设计，明确项目经理部的组成、各岗位职责以及关键工序的控制措施，并附相应的证明材料；未按要求编制的，评标委员会可以否决其投标。"
	copied   = "旋挖钻机就位后由测量员复核桩位偏差不大于二十毫米，方可开钻；钻进过程中泥浆比重每两小时测一次，终孔后由质检员会同监理测量孔深、孔径与沉渣厚度，合格后立即下放钢筋笼并浇筑水下混凝土，导管埋深始终保持在两米至六米之间"
)

// own is what a bidder wrote alone.
func own(n int) string {
	return []string{
		"我公司拟派项目经理常驻现场，班组实行两班制，材料进场前先报验；脚手架搭设由持证架子工完成，验收挂牌后使用。",
		"本工程划分为三个流水段，塔吊布置于北侧，冬季采用综合蓄热法养护；临时用电执行三级配电两级保护。",
		"基坑监测点每十五米一处，降水井沿坑顶环形布设；土方随挖随运，出口设置洗车台，裸土全部覆盖防尘网。",
		"屋面防水选用双层卷材热熔施工，阴阳角先做附加层，闭水试验不少于一昼夜；外墙保温粘贴面积不低于六成。",
	}[n]
}

// The whole way: shut until the opening however one asks, then a finding on the
// stored docket, and quotes nowhere but sealed.
func TestFindingAfterOpening(t *testing.T) {
	b := newBench(t)
	b.tenderUp(document, lot1)
	for n := range 3 {
		text := own(n) + document
		if n < 2 {
			text += copied
		}
		b.bid(n, lot1, b.keep("519", []byte(text), lot1))
	}
	b.settle()
	if b.blobs.gets != 0 || b.read != 0 {
		t.Errorf("before the opening %d parts were fetched and %d files read", b.blobs.gets, b.read)
	}
	b.wants(lot1, map[string]detect.State{"D12": detect.InsufficientData, "E01": detect.InsufficientData, "E04": detect.InsufficientData})
	if f := b.ask("E01", lot1); f.Reason != detect.Sealed {
		t.Errorf("before the opening the reason is %q", f.Reason)
	}
	b.nowhere("before the opening", copied[:30], own(0)[:30], own(1)[:30], bidderNames[0])

	b.open(lot1)
	b.wants(lot1, map[string]detect.State{"E01": detect.Fired, "E02": detect.InsufficientData, "E03": detect.Clear, "E04": detect.Clear, "D12": detect.Clear, "F02": detect.InsufficientData})
	f := b.ask("E01", lot1)
	if want := []string{"914100000000000000", "914100000000000001"}; !slices.Equal(f.Subjects, want) || len(f.Evidence) != 2 {
		t.Errorf("E01 names %v by %v", f.Subjects, f.Evidence)
	}
	if got := b.stored(); !slices.Equal(got, []string{"E01"}) {
		t.Errorf("stored: %v", got)
	}
	l, err := Stored(t.Context(), b.db, b.keys, tender, lot1)
	if err != nil || len(l.Pairs) != 1 || len(l.Pairs[0].Passages) != 1 {
		t.Fatalf("%+v, %v", l, err)
	}
	if p := l.Pairs[0].Passages[0]; !strings.Contains(p.A.Text, copied[:90]) || p.A.Text != p.B.Text {
		t.Errorf("the passage is %q and %q", p.A.Text, p.B.Text)
	}
	b.nowhere("after the opening", copied[:30], own(0)[:30], own(1)[:30])

	// Asked again nothing is read, and nothing changes.
	read, row := b.read, must(b.db.Likeness(t.Context(), tender, lot1))(t)
	b.send("503", "N1", "BID_SECTION_CODES", lot1, "NOTICE_NAME", "招标公告（更正）", "BID_DOC_REFER_END_TIME", "20180321093000", "BID_OPEN_TIME", "20180321093000")
	b.settle()
	if again := must(b.db.Likeness(t.Context(), tender, lot1))(t); b.read != read || !bytes.Equal(again.Body, row.Body) {
		t.Errorf("%d files were read again", b.read-read)
	}
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// A lot that somebody says is opened, or a plan that somebody forges, opens no
// file: every lock has its own say.
func TestNoFileBeforeItsMoment(t *testing.T) {
	b := newBench(t)
	b.tenderUp(document, lot1, lot2)
	var named []detect.NamedFile
	for n := range 3 {
		both := b.keep("519", []byte(own(n)+copied), lot1, lot2) // hangs on both lots
		b.bid(n, lot1, both)
		named = append(named, detect.NamedFile{Ref: docket.Ref{Dataset: "519", Origin: origin, Key: fmt.Sprint(lot1, "T", n), Field: "TENDER_DOCUMENTS_URL"}, SHA256: both, Who: fmt.Sprint(n), Name: bidderNames[n]})
	}
	b.settle()
	forged := func(when string) {
		t.Helper()
		row := must(b.db.Docket(t.Context(), tender))(t)
		d := must(docket.Decode(row.Body))(t)
		l, err := b.job.lot(t.Context(), t.Context(), &plan{d: d, at: b.clock.Now(), bids: named})
		if err != nil || b.read != 0 {
			t.Fatalf("%s: %d files read, %v", when, b.read, err)
		}
		for _, bidder := range l.Bidders {
			if len(bidder.Files) != 1 || !strings.Contains(bidder.Files[0].Problem, "sealed") {
				t.Errorf("%s: %+v", when, bidder.Files)
			}
		}
	}
	forged("before the opening")
	b.open(lot1)
	forged("with one of two lots opened")
	b.wants(lot1, map[string]detect.State{"E01": detect.InsufficientData, "E04": detect.InsufficientData})
	b.nowhere("with one of two lots opened", copied[:30], own(0)[:30])
	for n := range 3 {
		b.bid(n, lot2)
	}
	b.open(lot2)
	b.wants(lot1, map[string]detect.State{"E01": detect.Fired})
}

// Look-alikes: what the tender's document, a standard text, or a form that all
// were given says is no clue.
func TestLookAlikes(t *testing.T) {
	statute := "施工单位应当在施工现场入口处、施工起重机械、临时用电设施、脚手架、出入通道口、楼梯口、电梯井口、孔洞口、桥梁口、隧道口、基坑边沿、爆破物及有害危险气体和液体存放处等危险部位，设置明显的安全警示标志"
	b := newBench(t, func(c *Config) { c.Standard = []string{statute} })
	b.tenderUp(document+"联系人电话13900001111", lot1)
	for n := range 3 {
		b.bid(n, lot1, b.keep("519", docx(t, own(n)+document+statute+"联系人电话13900001111", "招标办张主任"), lot1))
	}
	b.open(lot1)
	b.wants(lot1, map[string]detect.State{"E01": detect.Clear, "E03": detect.Clear, "E04": detect.Clear, "D12": detect.Clear})
}

func TestWhatTheyShare(t *testing.T) {
	bill := func(n int, wrong bool) []byte {
		var rows strings.Builder
		for i := range 12 {
			price := 100 + 13*i + n*(i%3)*7
			amount := price * 10
			if wrong && i < 3 {
				amount += 900
			}
			fmt.Fprintf(&rows, "<清单项目 项目编码='0101%02d' 项目名称='项目%d' 计量单位='m3' 工程量='10' 综合单价='%d' 合价='%d'/>", i, i, price, amount)
		}
		return []byte("<?xml version='1.0' encoding='UTF-8'?><清单>" + rows.String() + "</清单>")
	}
	b := newBench(t)
	b.tenderUp(document, lot1)
	for n := range 4 {
		text, author := own(n), fmt.Sprint("造价员", n)
		if n < 2 {
			author = "李工"
			text += "，联系手机13812345678"
		}
		if n == 3 {
			text += "（" + bidderNames[2] + "保留最终解释权）"
		}
		b.bid(n, lot1, b.keep("519", docx(t, text, author), lot1), b.keep("519", bill(n, n < 2), lot1))
	}
	b.open(lot1)
	b.wants(lot1, map[string]detect.State{"D12": detect.Fired, "E01": detect.Clear, "E02": detect.Fired, "E03": detect.Fired, "E04": detect.Fired})
	for id, want := range map[string][]string{"D12": {"00", "01"}, "E02": {"00", "01"}, "E03": {"00", "01"}, "E04": {"02", "03"}} {
		var got []string
		for _, s := range b.ask(id, lot1).Subjects {
			got = append(got, s[16:])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s is about %v, want %v", id, got, want)
		}
	}
	b.nowhere("after the opening", "13812345678", own(0)[:30])
}

// Bills by one multiplier, and bills that only have the items in common.
func TestBills(t *testing.T) {
	bill := func(price func(i int) float64) []byte {
		var rows strings.Builder
		for i := range 20 {
			fmt.Fprintf(&rows, "<清单项目 项目编码='0101%02d' 项目名称='项目%d' 计量单位='m3' 工程量='10' 综合单价='%.2f' 合价='%.2f'/>", i, i, price(i), 10*price(i))
		}
		return []byte("<?xml version='1.0' encoding='UTF-8'?><清单>" + rows.String() + "</清单>")
	}
	own := func(n int) func(i int) float64 {
		return func(i int) float64 { return 100 + float64((i*i*7+n*n*31+i*n*13)%97) }
	}
	for _, c := range []struct {
		name   string
		second func(i int) float64
		want   detect.State
	}{
		{"one multiplier", func(i int) float64 { return 0.97 * own(0)(i) }, detect.Fired},
		{"each its own", own(1), detect.Clear},
	} {
		b := newBench(t)
		b.tenderUp(document, lot1)
		for n, price := range []func(i int) float64{own(0), c.second, own(2)} {
			b.bid(n, lot1, b.keep("519", bill(price), lot1))
		}
		b.open(lot1)
		b.wants(lot1, map[string]detect.State{"F02": c.want, "E02": detect.Clear, "E01": detect.Clear, "E04": detect.Clear})
		if f := b.ask("F02", lot1); c.want == detect.Fired && (len(f.Subjects) != 2 || f.Subjects[1] != "914100000000000001") {
			t.Errorf("%s: about %v", c.name, f.Subjects)
		}
	}
}

// What could not be read is not clean, and what came late is compared then.
func TestUnreadableAndLate(t *testing.T) {
	b := newBench(t)
	late := []byte(document)
	sum := sha256.Sum256(late)
	b.tenderUp("", lot1)
	b.send("504", "D1", "BID_SECTION_CODES", lot1, "URL", hex.EncodeToString(sum[:]))
	for n := range 3 {
		body := []byte(own(n) + document)
		if n == 2 {
			body = []byte("PK\x03\x04 no archive at all")
		}
		b.bid(n, lot1, b.keep("519", body, lot1))
	}
	b.open(lot1)
	b.wants(lot1, map[string]detect.State{"E01": detect.InsufficientData, "E04": detect.InsufficientData})
	if f := b.ask("E01", lot1); !strings.Contains(f.Reason, "the tender's own document: the file is not here") {
		t.Errorf("%q", f.Reason)
	}
	if f := b.ask("E04", lot1); !strings.Contains(f.Reason, bidderNames[2]+": a broken archive") {
		t.Errorf("%q", f.Reason)
	}
	b.keep("504", late, lot1)
	b.clock.set("2018-03-22 10:00")
	b.settle()
	if f := b.ask("E01", lot1); !strings.Contains(f.Reason, bidderNames[2]+": a broken archive") {
		t.Errorf("with the tender's document here: %q", f.Reason)
	}
}

// A comparison that breaks down is tried again, not without end, and says so.
func TestBreakdown(t *testing.T) {
	var b *bench
	b = newBench(t, func(c *Config) {
		c.Read = func(context.Context, []byte) (*extract.Answer, error) {
			b.read++
			panic(copied)
		}
	})
	b.tenderUp(document, lot1)
	for n := range 3 {
		b.bid(n, lot1, b.keep("519", []byte(own(n)), lot1))
	}
	b.send("506", "O1", "BID_SECTION_CODES", lot1, "BID_OPENING_TIME", "20180321093000")
	b.clock.set("2018-03-21 10:00")
	for i := range 6 {
		if err := b.worker.Drain(t.Context()); err != nil { // folding goes on
			t.Fatal(err)
		}
		did, err := b.job.Once(t.Context())
		if broken := i < maxTries; did && broken != errors.Is(err, errBroken) {
			t.Errorf("time %d: %v", i+1, err)
		}
		b.clock.mu.Lock()
		b.clock.now = b.clock.now.Add(b.job.Lease)
		b.clock.mu.Unlock()
	}
	b.settle()
	if b.read != maxTries {
		t.Errorf("it was tried %d times", b.read)
	}
	if f := b.ask("E04", lot1); f.State != detect.InsufficientData || !strings.Contains(f.Reason, "broke down") {
		t.Errorf("%s %q", f.State, f.Reason)
	}
	b.nowhere("after the breakdown", copied[:30])
}

// When the time is over, what was not compared is told.
func TestTimeIsOver(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Timeout = time.Nanosecond })
	b.tenderUp(document, lot1)
	for n := range 3 {
		b.bid(n, lot1, b.keep("519", []byte(own(n)+copied), lot1))
	}
	b.open(lot1)
	if f := b.ask("E04", lot1); f.State != detect.InsufficientData || !strings.Contains(f.Reason, outOfTime) {
		t.Errorf("%s %q", f.State, f.Reason)
	}
}

// docx is a Word file with a text and an author.
func docx(t *testing.T, text, author string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, body := range map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"word/document.xml":   `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>` + text + `</w:t></w:r></w:p></w:body></w:document>`,
		"docProps/core.xml":   `<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:creator>` + author + `</dc:creator></cp:coreProperties>`,
	} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(body))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}
