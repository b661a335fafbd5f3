// Command mingjing is the whole platform in one binary: the server, the
// demonstration, imports, the verifier and the witness. Each subcommand has a
// file of its own.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

type cli struct {
	Serve    serveCmd        `cmd:"" help:"Run the platform. 启动平台"`
	Demo     demoCmd         `cmd:"" help:"Run the platform with a simulated province of 20 trading systems. 演示"`
	Sandbox  sandboxCmd      `cmd:"" help:"Run a sandbox for vendors of trading systems: keys at once, a fast clock, an unkind door. 沙箱"`
	Source   sourceCmd       `cmd:"" help:"Register trading systems. 登记交易系统"`
	Person   personCmd       `cmd:"" help:"People who sign in, and their posts. 人员与岗位"`
	Token    tokenCmd        `cmd:"" help:"Issue tokens for the API. 签发访问令牌"`
	Import   importCmd       `cmd:"" help:"Import history. 导入历史数据"`
	Docket   docketCmd       `cmd:"" help:"Show a docket. 查看案卷"`
	Find     findCmd         `cmd:"" name:"findings" help:"List findings. 列出线索"`
	Detect   detectCmd       `cmd:"" help:"Explain a finding; hold a list of bodies against everything. 线索与名单"`
	Edition  editionCmd      `cmd:"" help:"Make a dated edition of the peers' statistics and look at every docket again. 同类统计"`
	Orphans  orphansCmd      `cmd:"" help:"List records that lead to no docket, by what they want. 列出无主记录"`
	Juris    jurisdictionCmd `cmd:"" name:"jurisdiction" help:"Tell which offices supervise a region. 监管管辖"`
	Verify   verifyCmd       `cmd:"" help:"Check that nothing was altered, dropped, reordered or backdated. 校验"`
	Erase    eraseCmd        `cmd:"" help:"Erase fields of a record by a lawful order. 依法删除"`
	Likeness likenessCmd     `cmd:"" name:"likeness" help:"Compare texts and bills of bids. 文本与清单比对"`
	Network  networkCmd      `cmd:"" help:"Find pairs, groups, cover bidders, habitual winners and ties over all opened lots. 关联网络"`
	OCDS     ocdsCmd         `cmd:"" name:"ocds" help:"Open Contracting Data Standard. 开放合约数据标准"`
	Analyze  analyzeCmd      `cmd:"" help:"Indicators, coverage and repairs over OCDS data of any publisher. 分析开放合约数据"`
	Org      organisationCmd `cmd:"" name:"organisation" help:"Organisations in which posts are held. 机构"`
	Standard standardCmd     `cmd:"" help:"The data standard. 数据标准"`
	Witness  witnessCmd      `cmd:"" help:"Run a witness for a log, in another office's hands. 见证方"`
	Bench    benchCmd        `cmd:"" help:"Measure this machine. 性能测量"`
	FileWork fileWorkerCmd   `cmd:"" name:"file-worker" hidden:"" help:"Read a file of a bid on standard input (started by the program itself)."`
	SQLWork  sqlWorkerCmd    `cmd:"" name:"sql-worker" hidden:"" help:"Answer a question on standard input (started by the program itself)."`
	PDF      pdfWorkerCmd    `cmd:"" name:"pdf-worker" hidden:"" help:"Read a PDF on standard input (started by the program itself)."`
	Version  versionCmd      `cmd:"" help:"Print the version. 版本"`
}

// version is set by the linker in releases.
var version = "dev"

type versionCmd struct{}

func (versionCmd) Run() error {
	fmt.Println("mingjing", version)
	return nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:]))
}

// run parses and runs one command line and gives the exit status: 0 done, 1
// failed, 2 the words are off.
func run(ctx context.Context, args []string) int {
	var c cli
	parser, err := kong.New(&c, kong.Name("mingjing"), kong.Description("Mingjing 明镜: online supervision of public resource trading."),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.UsageOnError())
	if err != nil {
		fmt.Fprintln(os.Stderr, "mingjing:", err)
		return 2
	}
	if len(args) > 0 && args[0] == "help" { // as people type it
		args = append(args[1:len(args):len(args)], "--help")
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mingjing:", err)
		return 2
	}
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "mingjing:", err)
		return 1
	}
	return 0
}
