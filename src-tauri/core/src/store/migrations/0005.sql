-- The files that are here, by the SHA-256 of their bytes: when they came, and whether the service has them.
CREATE TABLE blob (
    sha256   TEXT    NOT NULL PRIMARY KEY,
    bytes    INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    sent     INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
