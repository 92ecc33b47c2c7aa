-- What the tills of a region sent to this location. Forward only: a later version adds, it never renames or drops
-- what an older instance reads. Every table of a till's own begins its key with the till, so that it can be distributed
-- by it (docs/scale-out.md); nothing here needs a sequence, a foreign key, a trigger or a lock that only PostgreSQL has.

-- One row a till: what is known of it over all its epochs. Whoever writes for a till writes here first, so its row
-- keeps two instances from taking the same till's entries at the same time.
CREATE TABLE tills (
    till           TEXT   NOT NULL PRIMARY KEY,  -- eu/DE-0417/2
    store          TEXT   NOT NULL,              -- eu/DE-0417
    receipt_number BIGINT NOT NULL,              -- highest one seen: a restored till must not use it again
    heard_at       TEXT   NOT NULL               -- head office's clock, RFC 3339 in UTC
);
CREATE INDEX tills_of_store ON tills (store);

-- One row an epoch of a till: up to where its journal is here. It is the anchor, too: what was acknowledged
-- cannot be rewritten without contradicting it.
CREATE TABLE chains (
    till       TEXT   NOT NULL,
    epoch      UUID   NOT NULL,
    public_key BYTEA  NOT NULL,                  -- an epoch is never continued with another key
    seq        BIGINT NOT NULL,
    hash       BYTEA  NOT NULL,
    PRIMARY KEY (till, epoch)
);

CREATE TABLE entries (
    till           TEXT    NOT NULL,
    epoch          UUID    NOT NULL,
    seq            BIGINT  NOT NULL,
    v              INTEGER NOT NULL,
    at             TEXT    NOT NULL,
    business_day   TEXT    NOT NULL,
    kind           TEXT    NOT NULL,
    receipt_number BIGINT  NOT NULL,             -- of sales, refunds and voids, 0 for all others
    body           BYTEA   NOT NULL,             -- the exact bytes, UTF-8
    prev           BYTEA   NOT NULL,
    hash           BYTEA   NOT NULL,
    sig            BYTEA   NOT NULL,
    PRIMARY KEY (till, epoch, seq)
);

-- Which sale each refund and void gives back: another till of the store asks by the sale's till and receipt number.
CREATE TABLE returns (
    till              TEXT   NOT NULL,
    epoch             UUID   NOT NULL,
    seq               BIGINT NOT NULL,
    of_till           TEXT   NOT NULL,
    of_receipt_number BIGINT NOT NULL,
    PRIMARY KEY (till, epoch, seq)
);
CREATE INDEX returns_of ON returns (of_till, of_receipt_number);

-- Entries that ingest could not read, as the bytes that came. In the chain they keep their number and hash;
-- beside it stand those of another branch.
CREATE TABLE set_aside (
    till         TEXT    NOT NULL,
    epoch        UUID    NOT NULL,
    seq          BIGINT  NOT NULL,
    hash         BYTEA   NOT NULL,
    prev         BYTEA   NOT NULL,
    in_chain     BOOLEAN NOT NULL,
    reason       TEXT    NOT NULL,
    business_day TEXT,                           -- when the bytes still tell it
    bytes        BYTEA   NOT NULL,
    received_at  TEXT    NOT NULL,
    PRIMARY KEY (till, epoch, seq, hash)
);

-- Entries that contradict what is here under the same number: kept for a person, never merged.
CREATE TABLE forks (
    till         TEXT   NOT NULL,
    epoch        UUID   NOT NULL,
    seq          BIGINT NOT NULL,
    hash         BYTEA  NOT NULL,
    business_day TEXT   NOT NULL,
    line         BYTEA  NOT NULL,                -- the entry as the till sent it, UTF-8
    seen_at      TEXT   NOT NULL,
    PRIMARY KEY (till, epoch, seq, hash)
);

-- What each business day of an epoch has here, so that completeness needs no scan.
CREATE TABLE days (
    till         TEXT   NOT NULL,
    epoch        UUID   NOT NULL,
    business_day TEXT   NOT NULL,
    first_seq    BIGINT NOT NULL,
    last_seq     BIGINT NOT NULL,
    entries      BIGINT NOT NULL,
    sales        BIGINT NOT NULL,
    PRIMARY KEY (till, epoch, business_day)
);

-- The last word of each till about itself.
CREATE TABLE heartbeats (
    till  TEXT   NOT NULL PRIMARY KEY,
    at    TEXT   NOT NULL,
    epoch UUID   NOT NULL,
    head  BIGINT NOT NULL,
    body  TEXT   NOT NULL
);

-- What operators did, and who tried to. The id is a UUID of version 7: it grows with time, and needs no sequence.
CREATE TABLE audit (
    id     UUID NOT NULL PRIMARY KEY,
    at     TEXT NOT NULL,                        -- head office's clock, RFC 3339 in UTC
    who    TEXT NOT NULL,                        -- the operator's name, as it was given
    what   TEXT NOT NULL,                        -- signed_on, refused, signed_off
    detail TEXT NOT NULL
);

-- One row that every instance writes now and then, to know whether the database takes anything.
CREATE TABLE probes (
    id INTEGER NOT NULL PRIMARY KEY,
    at TEXT    NOT NULL
);

-- The journal as people ask for it.
CREATE VIEW journal AS
SELECT till, epoch, seq, at, business_day, kind, convert_from(body, 'UTF8') AS body, encode(hash, 'hex') AS hash
FROM entries;
