package files

import (
	"encoding/hex"
	"fmt"
	"mime"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mingjing/internal/standard"
)

// Declared is what a source says and signs of an attachment before its bytes:
// which record will name it, and what the bytes are.
type Declared struct {
	Origin  string   `json:"origin"`         // platform code
	Dataset string   `json:"dataset"`        // of the record that names it
	Tender  string   `json:"tender"`         // transaction, as the record names it
	Lots    []string `json:"lots,omitempty"` // its lots, as the record names them; none: the whole transaction
	SHA256  string   `json:"sha256"`         // 64 hex digits
	Size    int64    `json:"size"`           // bytes
	Name    string   `json:"name,omitempty"` // for people; never a path
	Type    string   `json:"type,omitempty"` // media type; only ever told, never acted on

	// What the source signed when it declared this: anybody can check later
	// that it did.
	KeyID     string `json:"key_id,omitempty"`
	Algorithm string `json:"algorithm,omitempty"`
	Signed    []byte `json:"signed,omitempty"` // signature base
	Signature []byte `json:"signature,omitempty"`
}

// A DeclareError is why a declaration is refused.
type DeclareError struct {
	Field  string // of Declared, in lower case
	ZH, EN string
}

// Error implements error.
func (e *DeclareError) Error() string { return "files: " + e.Field + ": " + e.EN }

// Bounds of a declaration, in bytes and in number.
const (
	maxName = 255
	maxType = 100
	maxCode = 200
	maxLots = 200
)

// Check says what is wrong with a declaration, nil when nothing is. It writes
// the digest in lower case and the lots sorted, each once.
func (d *Declared) Check(c Catalogue) error {
	d.SHA256 = strings.ToLower(strings.TrimSpace(d.SHA256))
	if raw, err := hex.DecodeString(d.SHA256); err != nil || len(raw) != 32 {
		return &DeclareError{"sha256", "须为 64 位十六进制的 SHA-256", "write the SHA-256 as 64 hex digits"}
	}
	if d.Size < 0 {
		return &DeclareError{"size", "字节数不能为负", "the size is negative"}
	}
	for _, code := range append([]string{d.Origin, d.Tender}, d.Lots...) {
		if len(code) > maxCode || !utf8.ValidString(code) || strings.ContainsFunc(code, unicode.IsControl) {
			return &DeclareError{"tender", fmt.Sprintf("编号至多 %d 字节，不含控制字符", maxCode), fmt.Sprintf("a code has at most %d bytes and no control characters", maxCode)}
		}
	}
	if len(d.Lots) > maxLots {
		return &DeclareError{"lot", fmt.Sprintf("至多 %d 个标段", maxLots), fmt.Sprintf("at most %d lots", maxLots)}
	}
	slices.Sort(d.Lots)
	d.Lots = slices.Compact(d.Lots)
	if d.Tender = strings.TrimSpace(d.Tender); d.Tender == "" {
		return &DeclareError{"tender", "须写明所属招标项目（交易）编号，与记录一致", "name the transaction as the record does"}
	}
	if _, _, ok := c.Attachment(d.Origin, d.Dataset, d.Tender, d.Lots); !ok {
		return &DeclareError{"dataset", "须为目录中的数据集编号，与记录一致", "name a data set of the catalogue, as the record does"}
	}
	if why := badName(d.Name); why != nil {
		return why
	}
	if d.Type != "" {
		if _, _, err := mime.ParseMediaType(d.Type); err != nil || len(d.Type) > maxType {
			return &DeclareError{"filetype", "不是有效的媒体类型，如 application/pdf", "is no media type such as application/pdf"}
		}
	}
	return nil
}

// badName refuses a name that could be a path, or read otherwise than it is.
func badName(name string) error {
	switch {
	case len(name) > maxName || !utf8.ValidString(name):
		return &DeclareError{"filename", fmt.Sprintf("须为 UTF-8，至多 %d 字节", maxName), fmt.Sprintf("is UTF-8 of at most %d bytes", maxName)}
	case strings.ContainsFunc(name, misleading):
		return &DeclareError{"filename", "不得含控制字符或改变书写方向的字符", "holds control characters or such that turn the direction of writing"}
	case strings.ContainsAny(name, `/\`) || strings.Trim(name, ". ") == "" && name != "":
		return &DeclareError{"filename", "须为文件名，不得为路径", "is a file's name, not a path"}
	}
	return nil
}

func misleading(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == '\uFEFF' || r == utf8.RuneError
}

// Catalogue knows the data sets. Implementation: *standard.Catalogue.
type Catalogue interface {
	Attachment(origin, dataset, tender string, lots []string) (standard.Seal, []standard.Vault, bool)
}
