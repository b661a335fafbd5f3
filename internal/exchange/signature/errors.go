package signature

// Code says in one word why a request was not taken.
type Code string

// The reasons. Rejected covers an unknown key, a key that is not valid now, and
// a signature that does not fit: they are told apart nowhere, so that nobody
// can find out which keys exist.
const (
	Unsigned  Code = "unsigned"  // no Signature-Input and no Signature
	Malformed Code = "malformed" // cannot be parsed, or uses what is not supported here
	Uncovered Code = "uncovered" // a component that must be covered is not
	Untimely  Code = "untimely"  // created or expires is outside the window
	Digest    Code = "digest"    // Content-Digest is missing or is not that of the body
	Rejected  Code = "rejected"  // unknown key, wrong algorithm for it, or a signature that does not fit
)

// Error is why a message was not accepted. It carries no value of the body.
type Error struct {
	Code      Code
	Component string // component or parameter that is meant; "" for the message as a whole
	Text      string // English sentence
	Base      []byte // signature base as computed here, when it came that far: it lets a client find the differing line
}

// Error returns the sentence.
func (e *Error) Error() string { return "signature " + string(e.Code) + ": " + e.Text }
