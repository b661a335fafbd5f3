package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite" // the tampering's own way in
)

var updateScripts = flag.Bool("update-scripts", false, "rewrite the outputs that the scripts compare")

// The command line, as its users type it: testdata/script/*.txtar run the
// program (this test binary under another name) in folders of their own.
func TestScripts(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			bin := filepath.Join(env.WorkDir, ".bin")
			if err := os.Mkdir(bin, 0o700); err != nil {
				return err
			}
			env.Setenv(asProgram, "1")
			env.Setenv("PATH", bin+string(os.PathListSeparator)+env.Getenv("PATH"))
			return os.Symlink(self, filepath.Join(bin, "mingjing"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"sqlite": scriptSQL, "withdraw": scriptWithdraw, "edit": scriptEdit, "receipt": scriptReceipt, "status": scriptStatus,
		},
		UpdateScripts:       *updateScripts,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// sqlite FILE STATEMENT: somebody who holds the database runs one statement
// past the program. It must change a row, else the script shows nothing.
func scriptSQL(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sqlite FILE STATEMENT")
	}
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	res, err := db.Exec(args[1])
	ts.Check(err)
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		ts.Fatalf("no row was changed: %v", err)
	}
}

// edit FILE OLD NEW: replaces a text that must be there.
func scriptEdit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	file := ts.MkAbs(args[0])
	body, err := os.ReadFile(file)
	ts.Check(err)
	if !strings.Contains(string(body), args[1]) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(file, []byte(strings.Replace(string(body), args[1], args[2], 1)), 0o600))
}

// receipt DIR POSITION FILE [forged]: writes the receipt of a record, as the
// door gives it, or with another leaf.
func scriptReceipt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: receipt DIR POSITION FILE [forged]")
	}
	position, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ctx := context.Background()
	h, err := (dataFlags{Data: ts.MkAbs(args[0]), Log: "mingjing.local/log"}).open(ctx, slog.New(slog.DiscardHandler))
	ts.Check(err)
	defer h.close()
	r, err := h.ledger.Receipt(ctx, position)
	ts.Check(err)
	if len(args) == 4 {
		r.Leaf = strings.Map(func(c rune) rune {
			if c == '0' {
				return '1'
			}
			return '0'
		}, r.Leaf)
	}
	body, err := json.Marshal(r)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), body, 0o600))
}

// status CODE ARGS…: runs `mingjing ARGS…`, which must end with that status.
func scriptStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: status CODE ARGS…")
	}
	_ = ts.Exec("sh", append([]string{"-c", `mingjing "$@" >out 2>err; echo $? >status`, "mingjing"}, args[1:]...)...)
	if got := strings.TrimSpace(ts.ReadFile("status")); got != args[0] {
		ts.Fatalf("mingjing %s ended with %s, want %s:\n%s%s", strings.Join(args[1:], " "), got, args[0], ts.ReadFile("out"), ts.ReadFile("err"))
	}
}

// withdraw DIR USERNAME: the command line withdraws the first post of somebody,
// whose id no script knows.
func scriptWithdraw(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: withdraw DIR USERNAME")
	}
	db, err := sql.Open("sqlite", filepath.Join(ts.MkAbs(args[0]), "mingjing.db"))
	ts.Check(err)
	defer db.Close()
	var id string
	ts.Check(db.QueryRow(`SELECT o.id FROM post o JOIN person p ON p.id = o.person WHERE p.username = ?`, args[1]).Scan(&id))
	ts.Check(ts.Exec("mingjing", "person", "post", "--data", args[0], "--username", args[1], "--withdraw", id))
}
