// Package feed tells a reader, one row after the other, what came to be seen
// of the dockets, what changed of it and what is gone: forward and backward, waiting for more,
// or as it was at a moment.
//
// Its order is not that of the log. A sealed bid is logged days before anybody
// may know that it is there; a place kept for it in between would tell. So the
// worker, whenever it saves a docket, compares what each seat of the disclosure
// table sees of it now with what that seat saw before, and what differs takes
// the next place of the feed (decision 0014). A record that nobody sees has no
// place; one that opens comes when it opens, also to who has read further long
// ago. Of a row only its newest place counts, so that who follows from any
// moment on ends with what a fresh reader gets.
//
// What it is trusted for: an item is built by package disclose for this reader,
// of the docket as it stands, never kept ready. Cursors are encrypted and bound
// to who may see what: they cannot be counted with, and one of other rights
// is refused. While a request waits it holds no connection to the store.
package feed
