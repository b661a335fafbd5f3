package ocds

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A Raw is one release as it stood in its file.
type Raw struct {
	Line  int    // line of a JSON-lines file, else ordinal in the package or array, from 1
	Bytes []byte // the release's own bytes
	Err   error  // why it can't be read; Bytes is then nil
}

// maxLine bounds one JSON-lines line: larger than any published release seen,
// small enough that a hostile file can't take the machine's memory.
const maxLine = 64 << 20

var bom = []byte{0xEF, 0xBB, 0xBF}

// Read calls yield for each compiled release in r: JSON lines (a release, a
// package or a record a line), one release, a release package, a record
// package (its compiledRelease), or an array of any of these. A broken line is
// yielded with Err and does not stop its neighbours; a file that is not JSON
// at all gives one Raw with Err. Read returns an error only when r fails or
// yield does.
func Read(r io.Reader, yield func(Raw) error) error {
	br := bufio.NewReaderSize(r, 1<<20)
	if b, _ := br.Peek(3); bytes.Equal(b, bom) {
		_, _ = br.Discard(3)
	}
	first, rest, err := firstLine(br)
	if err != nil {
		return err
	}
	if first == nil {
		return nil
	}
	// A first line that is JSON by itself means JSON lines; otherwise the whole
	// input is one document spread over lines.
	if json.Valid(first) && rest {
		return readLines(first, br, yield)
	}
	more, err := io.ReadAll(io.LimitReader(br, 4<<30))
	if err != nil {
		return fmt.Errorf("ocds: read: %w", err)
	}
	doc := append(append([]byte{}, first...), more...)
	if !json.Valid(doc) && len(bytes.TrimSpace(more)) > 0 && bytes.IndexByte(doc, '\n') >= 0 {
		// Neither one document nor a good first line: judge line by line.
		return readLines(first, bufio.NewReader(bytes.NewReader(more)), yield)
	}
	n := 0
	return split(doc, &n, yield)
}

func firstLine(br *bufio.Reader) (line []byte, more bool, err error) {
	for {
		line, err = readLine(br)
		if len(bytes.TrimSpace(line)) > 0 {
			if err != nil && err != io.EOF {
				return nil, false, fmt.Errorf("ocds: read: %w", err)
			}
			_, peek := br.Peek(1)
			return line, peek == nil, nil
		}
		if err == io.EOF {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, fmt.Errorf("ocds: read: %w", err)
		}
	}
}

func readLine(br *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := br.ReadSlice('\n')
		line = append(line, part...)
		if err != bufio.ErrBufferFull {
			return line, err
		}
		if len(line) > maxLine {
			return nil, fmt.Errorf("a line is longer than %d bytes", maxLine)
		}
	}
}

func readLines(first []byte, br *bufio.Reader, yield func(Raw) error) error {
	line, n := first, 1
	var rerr error
	for {
		if len(bytes.TrimSpace(line)) > 0 {
			k := n - 1
			if err := split(line, &k, yield); err != nil {
				return err
			}
		}
		if rerr == io.EOF {
			return nil
		}
		line, rerr = readLine(br)
		if rerr != nil && rerr != io.EOF {
			return fmt.Errorf("ocds: line %d: %w", n+1, rerr)
		}
		n++
	}
}

// split takes one JSON document apart into releases.
func split(doc []byte, n *int, yield func(Raw) error) error {
	doc = bytes.TrimSpace(doc)
	if len(doc) > 0 && doc[0] == '[' {
		var parts []json.RawMessage
		if err := json.Unmarshal(doc, &parts); err != nil {
			*n++
			return yield(Raw{Line: *n, Err: fmt.Errorf("not JSON: %w", err)})
		}
		for _, p := range parts {
			if err := split(p, n, yield); err != nil {
				return err
			}
		}
		return nil
	}
	var head struct {
		Ocid            json.RawMessage   `json:"ocid"`
		Releases        []json.RawMessage `json:"releases"`
		Records         []json.RawMessage `json:"records"`
		CompiledRelease json.RawMessage   `json:"compiledRelease"`
	}
	if len(doc) == 0 || doc[0] != '{' {
		*n++
		return yield(Raw{Line: *n, Err: errors.New("not an OCDS document: no JSON object")})
	}
	if err := json.Unmarshal(doc, &head); err != nil {
		*n++
		return yield(Raw{Line: *n, Err: fmt.Errorf("not an OCDS document: %w", err)})
	}
	if compiled := head.CompiledRelease; len(compiled) > 0 && !bytes.Equal(compiled, []byte("null")) {
		return split(compiled, n, yield) // a record: the releases it was compiled from, or links to them, are in it
	}
	if head.Ocid != nil && head.Releases != nil { // a release has no releases: this is a record
		*n++
		return yield(Raw{Line: *n, Err: fmt.Errorf("the record %.100s has no compiledRelease: only compiled releases are taken", head.Ocid)})
	}
	parts := append(append([]json.RawMessage{}, head.Releases...), head.Records...)
	if len(parts) == 0 || head.Ocid != nil {
		*n++
		return yield(Raw{Line: *n, Bytes: doc})
	}
	for _, p := range parts {
		if err := split(p, n, yield); err != nil {
			return err
		}
	}
	return nil
}
