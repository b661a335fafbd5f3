// Package alike compares the files of the bids of opened lots, beside the worker
// that folds dockets: it takes dockets whose opened bids name files, reads these
// files and the tender's own, and keeps what they have in common, sealed. The
// indicators are then asked again.
//
// What it is trusted for: it opens no file before all its lots are opened; no
// text of a file stands in a log line, an error, or unsealed in the database; a
// file that cannot be read is told to be so; whatever a file is, it costs no more
// memory and time than the limits say, and folding never waits for it. It may be
// stopped at any moment and several may run at once.
package alike
