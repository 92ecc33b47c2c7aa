-- What the tills of a region sent to this location. Forward only: a later version adds, it never renames or drops
-- what an older instance reads.

-- One row a till: what is known of it over all its epochs.
CREATE TABLE tills (
    till           TEXT PRIMARY KEY,             -- eu/DE-0417/2
    store          TEXT    NOT NULL,             -- eu/DE-0417
    receipt_number INTEGER NOT NULL DEFAULT 0,   -- highest one seen: a restored till must not use it again
    heard_at       TEXT    NOT NULL              -- head office's clock, RFC 3339 in UTC
) STRICT, WITHOUT ROWID;
CREATE INDEX tills_of_store ON tills (store);

-- One row an epoch of a till: up to where its journal is here. It is the anchor, too: what was acknowledged
-- cannot be rewritten without contradicting it.
CREATE TABLE chains (
    chain      INTEGER PRIMARY KEY,
    till       TEXT    NOT NULL,
    epoch      TEXT    NOT NULL,
    public_key BLOB    NOT NULL,                 -- an epoch is never continued with another key
    seq        INTEGER NOT NULL,
    hash       BLOB    NOT NULL,
    UNIQUE (till, epoch)
) STRICT;

-- id = chain * 2^40 + seq: each till appends to a place of its own, and a batch is one run of neighbouring rows.
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

-- Entries that ingest could not read, as the bytes that came. In the chain they keep their number and hash;
-- beside it stand those of another branch.
CREATE TABLE set_aside (
    chain        INTEGER NOT NULL REFERENCES chains (chain),
    seq          INTEGER NOT NULL,
    hash         BLOB    NOT NULL,
    prev         BLOB    NOT NULL,
    in_chain     INTEGER NOT NULL CHECK (in_chain IN (0, 1)),
    reason       TEXT    NOT NULL,
    business_day TEXT,                           -- when the bytes still tell it
    bytes        BLOB    NOT NULL,
    received_at  TEXT    NOT NULL,
    PRIMARY KEY (chain, seq, hash)
) STRICT, WITHOUT ROWID;

-- Entries that contradict what is here under the same number: kept for a person, never merged.
CREATE TABLE forks (
    chain        INTEGER NOT NULL REFERENCES chains (chain),
    seq          INTEGER NOT NULL,
    hash         BLOB    NOT NULL,
    business_day TEXT    NOT NULL,
    line         TEXT    NOT NULL,
    seen_at      TEXT    NOT NULL,
    PRIMARY KEY (chain, seq, hash)
) STRICT, WITHOUT ROWID;

-- What each business day of an epoch has here, so that completeness needs no scan.
CREATE TABLE days (
    chain        INTEGER NOT NULL REFERENCES chains (chain),
    business_day TEXT    NOT NULL,
    first_seq    INTEGER NOT NULL,
    last_seq     INTEGER NOT NULL,
    entries      INTEGER NOT NULL,
    sales        INTEGER NOT NULL,
    PRIMARY KEY (chain, business_day)
) STRICT, WITHOUT ROWID;

-- The last word of each till about itself.
CREATE TABLE heartbeats (
    till  TEXT PRIMARY KEY,
    at    TEXT    NOT NULL,
    epoch TEXT    NOT NULL,
    head  INTEGER NOT NULL,
    body  TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- The journal as people ask for it.
CREATE VIEW journal AS
SELECT chains.till, chains.epoch, entries.id & 0xFFFFFFFFFF AS seq, entries.at, entries.business_day, entries.kind,
       entries.body, hex(entries.hash) AS hash
FROM entries JOIN chains ON chains.chain = entries.id >> 40;
