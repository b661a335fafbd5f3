package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"

	"mingjing/internal/cardinal"
)

type analyzeCmd struct {
	OCDS     analyzeOCDSCmd     `cmd:"" name:"ocds" help:"Compute Cardinal's eleven indicators over compiled releases. 计算十一项指标"`
	Coverage analyzeCoverageCmd `cmd:"" help:"Count how often each field is filled, or tell which indicators can run. 字段覆盖率"`
	Prepare  analyzePrepareCmd  `cmd:"" help:"Repair releases for the indicators, and list what is left. 修复数据"`
}

type analyzeOCDSCmd struct {
	Settings string `type:"existingfile" short:"s" placeholder:"FILE.ini" help:"Which indicators, and how; default: all, with their defaults."`
	Format   string `enum:"cardinal,mingjing" default:"mingjing" help:"cardinal: the answer that Cardinal gives; mingjing: ours where we differ on purpose. (${enum})"`
	NoMeta   bool   `help:"Leave out Meta: the quartiles and fences that flags were decided by."`
	Map      bool   `help:"Add Maps: which organisations a process's flags concern."`
	File     string `arg:"" help:"Compiled releases, one a line, plain or packed with gzip or zstd; - for standard input."`
}

// Run prints one JSON object. Lines that can't be read are named on standard
// error and left out.
func (c *analyzeOCDSCmd) Run() error {
	settings := cardinal.Default().All()
	if c.Settings != "" {
		var err error
		if settings, err = readCardinalSettings(c.Settings); err != nil {
			return err
		}
	}
	in, closeIn, err := openLines(c.File)
	if err != nil {
		return err
	}
	defer closeIn()
	result, err := cardinal.Analyze(in, settings, cardinal.Options{Ours: c.Format == "mingjing", Maps: c.Map, Warn: warnLine(c.File)})
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if n := result.Undefined; n > 0 {
		fmt.Fprintf(os.Stderr, "mingjing: %s: %d processes are no part of R024 and R058: the winner's price and the second are zero\n", c.File, n)
	}
	return result.Write(os.Stdout, !c.NoMeta)
}

type analyzeCoverageCmd struct {
	Indicators bool   `help:"Tell which indicators can run from what is there, and what the others lack."`
	File       string `arg:"" help:"JSON lines, plain or packed with gzip or zstd; - for standard input."`
}

// Run prints one JSON object: counts by path, or readiness by indicator.
func (c *analyzeCoverageCmd) Run() error {
	in, closeIn, err := openLines(c.File)
	if err != nil {
		return err
	}
	defer closeIn()
	coverage, err := cardinal.CoverageOf(in, cardinal.Options{Warn: warnLine(c.File)})
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if c.Indicators {
		return coverage.WriteReady(os.Stdout)
	}
	return coverage.Write(os.Stdout)
}

type analyzePrepareCmd struct {
	Settings string `type:"existingfile" short:"s" placeholder:"FILE.ini" help:"What to fill, redact, move, correct and map; default: types only are repaired."`
	Output   string `short:"o" required:"" placeholder:"OUT.jsonl" help:"Where the repaired lines go; - for standard output."`
	Issues   string `short:"i" required:"" placeholder:"ISSUES.csv" help:"Where the issues that are left go: line, ocid, path, indexes, value, issue; - for standard output."`
	File     string `arg:"" help:"Compiled releases, one a line, plain or packed with gzip or zstd; - for standard input."`
}

// Run writes both files whole or says why not.
func (c *analyzePrepareCmd) Run() (err error) {
	if c.Output == c.Issues {
		return fmt.Errorf("releases and issues can't both go to %s", c.Output)
	}
	settings := cardinal.Default()
	if c.Settings != "" {
		if settings, err = readCardinalSettings(c.Settings); err != nil {
			return err
		}
	}
	in, closeIn, err := openLines(c.File)
	if err != nil {
		return err
	}
	defer closeIn()
	if err := notOverItself(c.File, c.Output, c.Issues); err != nil {
		return err
	}
	out, err := createFile(c.Output)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	issues, err := createFile(c.Issues)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, issues.Close()) }()
	if err := cardinal.Prepare(in, settings, out, issues, cardinal.Options{Warn: warnLine(c.File)}); err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	return nil
}

// notOverItself refuses to write over what is read.
func notOverItself(in string, outs ...string) error {
	if in == "-" {
		return nil
	}
	read, err := os.Stat(in)
	if err != nil {
		return err
	}
	for _, out := range outs {
		if written, err := os.Stat(out); out != "-" && err == nil && os.SameFile(read, written) {
			return fmt.Errorf("%s would be written over while it is read", out)
		}
	}
	return nil
}

func createFile(name string) (io.WriteCloser, error) {
	if name == "-" {
		return standardOutput{}, nil
	}
	return os.Create(name)
}

// standardOutput stays open.
type standardOutput struct{}

func (standardOutput) Write(b []byte) (int, error) { return os.Stdout.Write(b) }
func (standardOutput) Close() error                { return nil }

func readCardinalSettings(name string) (*cardinal.Settings, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s, err := cardinal.ReadSettings(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

func warnLine(name string) func(*cardinal.LineError) {
	return func(e *cardinal.LineError) { fmt.Fprintf(os.Stderr, "mingjing: %s: %v\n", name, e) }
}

// openLines opens a file, or standard input, and unpacks it if its first bytes
// are those of gzip or zstd. JSON never begins with them.
func openLines(name string) (io.Reader, func(), error) {
	var f io.ReadCloser = os.Stdin
	if name != "-" {
		opened, err := os.Open(name)
		if err != nil {
			return nil, nil, err
		}
		if info, err := opened.Stat(); err == nil && info.IsDir() {
			opened.Close()
			return nil, nil, fmt.Errorf("%s is a folder, not a file of JSON lines", name)
		}
		f = opened
	}
	magic := make([]byte, 4)
	n, err := io.ReadFull(f, magic)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		f.Close()
		return nil, nil, err
	}
	magic = magic[:n]
	whole := io.MultiReader(bytes.NewReader(magic), f)
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(bufio.NewReaderSize(whole, 1<<18))
		if err != nil {
			f.Close()
			return nil, nil, fmt.Errorf("%s: gzip: %w", name, err)
		}
		return z, func() { f.Close() }, nil
	case bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(whole, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
		if err != nil {
			f.Close()
			return nil, nil, fmt.Errorf("%s: zstd: %w", name, err)
		}
		return z, func() { z.Close(); f.Close() }, nil
	}
	return whole, func() { f.Close() }, nil
}
