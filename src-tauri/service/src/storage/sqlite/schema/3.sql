-- The number that the last delivery of a workspace was given.
ALTER TABLE workspace ADD COLUMN deliveries INTEGER NOT NULL DEFAULT 0;

-- A record that the vault's key opens: another key is noticed before anything is sealed under it.
CREATE TABLE vault (
    single INTEGER NOT NULL PRIMARY KEY CHECK (single = 1),
    sealed BLOB    NOT NULL
) STRICT;

-- The keys by which deliveries come in; of each only the hash, in hexadecimal.
CREATE TABLE hook (
    workspace  BLOB    NOT NULL REFERENCES workspace (id),
    id         BLOB    NOT NULL,
    key_sha256 TEXT    NOT NULL,
    project    BLOB    NOT NULL,
    made_by    BLOB    NOT NULL,
    made_at    INTEGER NOT NULL,
    revoked_at INTEGER,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX hook_key ON hook (key_sha256);

-- What came. `delivery` is what people may read of it; `sealed` holds the headers and the raw body, under the vault's
-- key. `event` is the id of a verified event and of no other.
CREATE TABLE delivery (
    workspace BLOB    NOT NULL REFERENCES workspace (id),
    number    INTEGER NOT NULL,
    id        BLOB    NOT NULL,
    project   BLOB    NOT NULL,
    event     TEXT,
    delivery  TEXT    NOT NULL,
    sealed    BLOB    NOT NULL,
    PRIMARY KEY (workspace, number)
) STRICT;
CREATE UNIQUE INDEX delivery_event ON delivery (workspace, project, event);
CREATE INDEX delivery_unverified ON delivery (workspace, project, number) WHERE event IS NULL;
