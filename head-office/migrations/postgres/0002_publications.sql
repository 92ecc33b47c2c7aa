-- What was published to the tills of the region: signed, and handed out as it came. It is the same for all tills, so a
-- distributed database keeps it whole on every node (docs/scale-out.md).
CREATE TABLE publications (
    claim     TEXT   NOT NULL PRIMARY KEY, -- what its signature says: evertill price-book region=eu store=* version=8 since=0
    subject   TEXT   NOT NULL,             -- price-book, cashiers, endpoints, assignment
    store     TEXT   NOT NULL,             -- the store that it is for, * for every store
    version   BIGINT NOT NULL,
    since     BIGINT NOT NULL,             -- the version that it leads on from, 0 when it is the whole
    sha256    BYTEA  NOT NULL,
    length    BIGINT NOT NULL,             -- of its bytes
    signature TEXT   NOT NULL,             -- minisign's, as text
    at        TEXT   NOT NULL,             -- head office's clock, RFC 3339 in UTC
    who       TEXT   NOT NULL,             -- the operator who brought it
    bytes     BYTEA  NOT NULL
);
CREATE INDEX publications_by_subject ON publications (subject, store, version);
