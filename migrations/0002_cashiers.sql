-- The list of cashiers that head office published; without one, the price book's list counts.
CREATE TABLE cashiers (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL,
    json    TEXT NOT NULL
) STRICT;
