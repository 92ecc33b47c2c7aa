-- What operators did, and who tried to: for people, oldest first.
CREATE TABLE audit (
    id     INTEGER PRIMARY KEY,
    at     TEXT NOT NULL,        -- head office's clock, RFC 3339 in UTC
    who    TEXT NOT NULL,        -- the operator's name, as it was given
    what   TEXT NOT NULL,        -- signed_on, refused, signed_off
    detail TEXT NOT NULL
) STRICT;
