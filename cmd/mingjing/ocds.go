package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/ocds"
)

type ocdsCmd struct {
	Compile ocdsCompileCmd `cmd:"" help:"Merge OCDS releases of each process into one. 合并发布"`
	Export  ocdsExportCmd  `cmd:"" help:"Print a docket as OCDS 1.1, as far as a reader may see it. 导出案卷"`
}

type ocdsCompileCmd struct {
	Versioned bool     `help:"Print versioned releases: every value with the release that brought it."`
	Schema    string   `type:"existingfile" placeholder:"FILE" help:"Release schema that says how fields merge; default: OCDS 1.1."`
	Extension []string `type:"existingfile" placeholder:"FILE" help:"release-schema.json of an extension, applied to the schema; may be repeated."`
	Files     []string `arg:"" name:"file" help:"Releases, release or record packages, records, lists or JSON lines of them; - for standard input."`
}

// errNotMerged ends a command that has already said on standard error what
// could not be merged.
var errNotMerged = errors.New("not everything could be merged: see above")

// Run prints a merged release a line, one for each ocid in the order of the
// input. An input that can't be read whole gives nothing, for a merge without
// some releases would be wrong; a process that can't be merged keeps the
// others from nothing.
func (c *ocdsCompileCmd) Run() error {
	rules, err := c.rules()
	if err != nil {
		return err
	}
	var batch ocds.Batch
	for _, name := range c.Files {
		if err := readInto(&batch, name); err != nil {
			return err
		}
	}
	if len(batch.Processes()) == 0 {
		return &ocds.MergeError{Release: -1, Rule: ocds.NoReleases}
	}
	return c.merge(os.Stdout, &batch, &ocds.Merger{Rules: rules})
}

func (c *ocdsCompileCmd) rules() (*ocds.Rules, error) {
	if c.Schema == "" && len(c.Extension) == 0 {
		return ocds.DefaultRules(), nil
	}
	var schema []byte
	var extensions [][]byte
	var err error
	if c.Schema != "" {
		if schema, err = os.ReadFile(c.Schema); err != nil {
			return nil, err
		}
	}
	for _, name := range c.Extension {
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		extensions = append(extensions, raw)
	}
	return ocds.ReadRules(schema, extensions...)
}

func readInto(batch *ocds.Batch, name string) error {
	if name == "-" {
		return batch.Read("-", os.Stdin)
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return batch.Read(name, f)
}

func (c *ocdsCompileCmd) merge(w io.Writer, batch *ocds.Batch, m *ocds.Merger) error {
	out := bufio.NewWriter(w)
	failed := false
	for _, p := range batch.Processes() {
		if c.Versioned && p.Linked != nil {
			failed = true
			fmt.Fprintf(os.Stderr, "mingjing: %v\n", &ocds.InputError{Place: *p.Linked, Rule: ocds.ReleasesLinked})
			continue
		}
		merge := m.Compiled
		if c.Versioned {
			merge = m.Versioned
		}
		m.Doubt = func(e *ocds.MergeError) { fmt.Fprintf(os.Stderr, "mingjing: %s: %s: %v\n", p.Place(e), p.Ocid, e) }
		merged, err := merge(p.Releases)
		if err != nil {
			failed = true
			fmt.Fprintf(os.Stderr, "mingjing: %s: %s: %v\n", p.Place(err), p.Ocid, err)
			continue
		}
		p.Releases = nil // merged, and no longer needed
		if _, err := out.Write(append(merged, '\n')); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if failed {
		return errNotMerged
	}
	return nil
}

type ocdsExportCmd struct {
	dataFlags
	ID        string   `arg:"" name:"docket" help:"Tender project code or ocid."`
	Record    bool     `xor:"form" help:"Print a record package with the dated releases and the compiled release; so it is without any of these."`
	Release   bool     `xor:"form" help:"Print a release package with one release that tells all there is now."`
	Versioned bool     `xor:"form" help:"Print a record package with the versioned release too."`
	As        string   `default:"public" enum:"source,supervisor,auditor,administrator,public" help:"Audience to export for: source, supervisor, auditor, administrator, public."`
	Regions   []string `help:"Jurisdiction of a supervisor: GB/T 2260 codes or prefixes."`
	Origins   []string `help:"Platform codes of a source."`
	Prefix    string   `name:"ocid-prefix" placeholder:"PREFIX" env:"MINGJING_OCID_PREFIX" help:"Registered ocid prefix of the publisher, ocds- and six characters; default: ocds-000000, which nobody has registered."`
	Publisher string   `placeholder:"NAME" env:"MINGJING_OCDS_PUBLISHER" help:"Name of the publisher."`
	Base      string   `placeholder:"URL" env:"MINGJING_OCDS_BASE" help:"Web address below which packages are published."`
}

// Run prints the export of what the reader may see: the public, unless another
// audience is asked for.
func (c *ocdsExportCmd) Run(ctx context.Context) error {
	return c.read(ctx, func(h *house) error {
		d, err := h.docketOf(ctx, c.ID)
		if err != nil {
			return err
		}
		if d == nil {
			return fmt.Errorf("no docket %q: give a tender project code or an ocid; `mingjing docket list` lists them", c.ID)
		}
		reader := readerFlags{As: c.As, Regions: c.Regions, Origins: c.Origins}.reader()
		v := disclose.View(d, reader, time.Now())
		if v == nil {
			return fmt.Errorf("docket %q holds nothing that %s may see", c.ID, c.As)
		}
		e, err := ocds.NewExport(v, ocds.Publisher{Prefix: c.Prefix, Name: c.Publisher, Base: c.Base})
		if err != nil {
			return err
		}
		out := e.Record(c.Versioned)
		if c.Release {
			out = e.Release()
		}
		_, err = os.Stdout.Write(append(out, '\n'))
		return err
	})
}
