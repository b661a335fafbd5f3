// Package disclose is the only window on dockets: it says who may see which
// field at which moment, and why. A view is built from what may be seen, never
// filtered afterwards, so that nothing derived (a count, an event, an origin)
// can tell of what is hidden.
//
// The rules are data, [table.yaml], which a lawyer reads as docs/disclosure.md
// and which this package executes: disclosure class × seal × audience × moment
// gives show, masked, sealed or hidden, each row with its articles. What the
// table does not name is closed.
//
// What it is trusted for: whoever reads only through View, Findings and
// SearchRows learns of a sealed record neither its content nor that it exists,
// even if the docket handed in holds it in plain.
package disclose
