package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// File is the name of the file in a data folder that says that it is a
// sandbox's, and how its clock runs.
const File = "sandbox.json"

// LogPrefix begins the name of every sandbox's log and of no other: the name
// stands in each receipt and under each checkpoint.
const LogPrefix = "sandbox."

// ErrNotSandbox says that a folder belongs to a real house.
var ErrNotSandbox = errors.New("sandbox: 该数据目录属于正式平台 the data folder is a real house's: give the sandbox a folder of its own")

// Is reports whether a data folder is a sandbox's.
func Is(dir string) (bool, error) {
	_, err := os.Stat(filepath.Join(dir, File))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Open reads the clock of a sandbox's data folder and makes the folder one when
// nothing is in it. ErrNotSandbox when something else is. A factor of 0 keeps
// the one that is there, or takes 1440; another one holds from now on, and the
// clock goes on from what it shows. start is what a new clock shows first; zero
// means now.
func Open(dir string, factor float64, start, now time.Time) (Anchor, error) {
	path := filepath.Join(dir, File)
	body, err := os.ReadFile(path)
	var a Anchor
	switch {
	case err == nil:
		if err := json.Unmarshal(body, &a); err != nil {
			return a, fmt.Errorf("sandbox: %s cannot be read: %w", path, err)
		}
		if err := a.Check(); err != nil {
			return a, err
		}
		if factor == 0 || factor == a.Factor {
			return a, nil
		}
		a = a.Faster(now, factor)
	case errors.Is(err, fs.ErrNotExist):
		if err := empty(dir); err != nil {
			return a, err
		}
		if start.IsZero() {
			start = now
		}
		if factor == 0 {
			factor = 1440
		}
		a = Anchor{Real: now, Shown: start, Factor: factor}
	default:
		return a, err
	}
	if err := a.Check(); err != nil {
		return a, err
	}
	if body, err = json.Marshal(a); err != nil {
		return a, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return a, err
	}
	// Written beside and renamed: a clock that was half written would end the sandbox.
	if err := os.WriteFile(path+".new", append(body, '\n'), 0o600); err != nil {
		return a, err
	}
	return a, os.Rename(path+".new", path)
}

// empty refuses a folder in which anything stands, hidden files excepted.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			return fmt.Errorf("%w (%s holds %s)", ErrNotSandbox, dir, e.Name())
		}
	}
	return nil
}
