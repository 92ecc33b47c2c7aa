-- The till's journal. Forward only: a later version adds, it never renames or drops what an older agent reads.

-- One row: whose journal this is, and what is open on the counter.
CREATE TABLE till (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    till        TEXT    NOT NULL,
    public_key  BLOB    NOT NULL,               -- a journal is never continued with another key
    basket      TEXT,                           -- the open basket as JSON, NULL when none is open
    receipt_floor INTEGER NOT NULL DEFAULT 0    -- receipt numbers begin above it: a restored journal must not reuse any
) STRICT;

-- The lives of this journal. Numbers count from 1 in each.
CREATE TABLE epochs (
    ordinal INTEGER PRIMARY KEY,                -- 1, 2, ...
    epoch   TEXT NOT NULL UNIQUE,
    reason  TEXT NOT NULL
) STRICT;

-- id = ordinal of the epoch * 2^40 + seq: one append-only tree, so that a sale dirties as few pages as can be.
CREATE TABLE entries (
    id           INTEGER PRIMARY KEY,
    v            INTEGER NOT NULL,
    at           TEXT NOT NULL,
    business_day TEXT NOT NULL,
    kind         TEXT NOT NULL,
    body         TEXT NOT NULL,
    prev         BLOB NOT NULL,
    hash         BLOB NOT NULL,
    sig          BLOB NOT NULL
) STRICT;

-- The caller's key of each act: answers "was it?" after a crash with the first result.
CREATE TABLE idempotency_keys (
    key      TEXT PRIMARY KEY,
    entry_id INTEGER NOT NULL REFERENCES entries (id)
) STRICT, WITHOUT ROWID;

-- What has a receipt number: sales, refunds and voided sales, in one row of numbers.
CREATE TABLE receipts (
    receipt_number INTEGER PRIMARY KEY,
    entry_id       INTEGER NOT NULL REFERENCES entries (id),
    total_minor    INTEGER NOT NULL,            -- what came in, with tax; negative where money went out
    currency       TEXT NOT NULL
) STRICT;

-- What came back of a sale, of this till or another one of the store: the entries that name it.
CREATE TABLE returns (
    entry_id       INTEGER PRIMARY KEY REFERENCES entries (id),
    till           TEXT    NOT NULL,            -- of the sale
    receipt_number INTEGER NOT NULL             -- of the sale
) STRICT;
CREATE INDEX returns_of ON returns (till, receipt_number);

-- What the printer owes, each for an entry. `printing` is set before the first byte leaves: a crash then means `unknown`.
CREATE TABLE print_jobs (
    id             INTEGER PRIMARY KEY,
    entry_id       INTEGER NOT NULL REFERENCES entries (id),
    receipt_number INTEGER,                     -- NULL where the paper has none: reports, slips
    copy           INTEGER NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('pending', 'printing', 'printed', 'failed', 'unknown')),
    detail         TEXT NOT NULL
) STRICT;
CREATE INDEX print_jobs_open ON print_jobs (state) WHERE state <> 'printed';
CREATE INDEX print_jobs_of ON print_jobs (receipt_number) WHERE receipt_number IS NOT NULL;

-- Baskets that wait for their customers.
CREATE TABLE suspended (
    id      INTEGER PRIMARY KEY,
    at      TEXT NOT NULL,
    basket  TEXT NOT NULL
) STRICT;

-- What the counter keeps beside the entries: who is signed on, who guessed PINs, which vouchers are known.
CREATE TABLE kept (
    name    TEXT PRIMARY KEY,
    json    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The days that were closed: their Z reports can be printed again.
CREATE INDEX entries_day_closed ON entries (id) WHERE kind = 'day_closed';

-- Up to where each location has each epoch. What lies above is the outbox; there is no outbox table.
CREATE TABLE watermarks (
    location TEXT NOT NULL,
    ordinal  INTEGER NOT NULL REFERENCES epochs (ordinal),
    seq      INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    PRIMARY KEY (location, ordinal)
) STRICT, WITHOUT ROWID;

-- The price book in force. Its bytes are a file beside this one: they would hold up the sales while they are written.
CREATE TABLE price_book (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL,
    hash    BLOB NOT NULL                       -- SHA-256 of the file
) STRICT;
