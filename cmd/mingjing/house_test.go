package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The rooms of the house, from the top: a package imports only what stands
// above it (ARCHITECTURE.md). The index of a room is its rank.
var rooms = []string{
	"trade", "screen", "learn", "likeness", "network", "jurisdiction", "standard", "docket", "timeline", "detect", "disclose", "ocds", "cardinal", "supervise",
	"ledger", "store", "files", "extract", "alike", "feed", "refold", "audit", "exchange", "identity", "sandbox", "province", "server",
}

// pure rooms know no network, no database and no clock of the system.
var pure = []string{"trade", "screen", "learn", "likeness", "network", "jurisdiction", "standard", "docket", "timeline", "detect", "disclose", "ocds", "cardinal", "supervise"}

// Rooms below the line that must not know each other although their rank would
// allow it.
var forbidden = map[string][]string{
	"store":    {"disclose", "timeline"},
	"ledger":   {"disclose", "detect", "timeline"},
	"exchange": {"disclose", "detect"},
}

const ours = "mingjing/internal/"

func room(pkg string) string { return strings.SplitN(strings.TrimPrefix(pkg, ours), "/", 2)[0] }

func TestArrowsOfTheHouse(t *testing.T) {
	files := 0
	err := filepath.WalkDir("../../internal", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "test/") {
			return err
		}
		files++
		here := room(ours + strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../../internal/"))
		rank := slices.Index(rooms, here)
		if rank < 0 {
			t.Errorf("%s: the room %q is not in the list of the house: add it to ARCHITECTURE.md and here", path, here)
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imp := range f.Imports {
			pkg := strings.Trim(imp.Path.Value, `"`)
			if slices.Contains(pure, here) && slices.Contains([]string{"net/http", "database/sql", "os/exec"}, pkg) {
				t.Errorf("%s imports %s: %s is pure, I/O stands around it", path, pkg, here)
			}
			if strings.HasPrefix(pkg, "github.com/jackc/pgx") && here != "store" || pkg == "database/sql" && here != "store" {
				t.Errorf("%s imports %s: a line of SQL lives in store", path, pkg)
			}
			if !strings.HasPrefix(pkg, ours) || room(pkg) == here {
				continue
			}
			there := room(pkg)
			if slices.Index(rooms, there) > rank {
				t.Errorf("%s imports %s, which stands below %s", path, there, here)
			}
			if slices.Contains(forbidden[here], there) {
				t.Errorf("%s: %s must not know %s", path, here, there)
			}
		}
		return nil
	})
	if err != nil || files < 20 {
		t.Fatalf("looked at %d files: %v", files, err)
	}
}

// Each package says once what it provides.
func TestOnePackageComment(t *testing.T) {
	comments := map[string]int{}
	err := filepath.WalkDir("../../internal", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "testdata") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		dir := filepath.Dir(path)
		comments[dir] += 0
		if f.Doc != nil {
			comments[dir]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir, n := range comments {
		if n != 1 {
			t.Errorf("%s has %d package comments, want 1", dir, n)
		}
	}
}
