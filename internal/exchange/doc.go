// Package exchange is the door for trading systems: HTTP endpoints that take
// signed batches of records, check them, hand them to the ledger and answer for
// each record with a receipt, or with what is wrong and how to mend it.
//
// What it is trusted for: a record that is acknowledged came in a batch signed
// by a key in force of the source that owns its platform code, was checked by
// the same code that the dry run uses, and is durable. The door cannot alter
// what was signed: the batch is kept as it came.
//
// It never answers with the value of a sealed field, not even to its sender,
// and logs no values at all.
package exchange
