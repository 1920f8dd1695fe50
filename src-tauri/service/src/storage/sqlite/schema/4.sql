-- Where what comes in by a key is passed on to, by whom and since when; nowhere, where it is null.
ALTER TABLE hook ADD COLUMN relay_url TEXT;
ALTER TABLE hook ADD COLUMN relay_by BLOB;
ALTER TABLE hook ADD COLUMN relay_at INTEGER;

-- Deliveries that are passed on: `state` is waiting, taken or given_up, `due` when it is tried next. The last try stands
-- in `tried_at`, `ms`, `status` and `fault`.
CREATE TABLE relay (
    workspace BLOB NOT NULL REFERENCES workspace (id),
    number    INTEGER NOT NULL,
    hook      BLOB NOT NULL,
    state     TEXT NOT NULL,
    since     INTEGER NOT NULL,
    due       INTEGER NOT NULL,
    tries     INTEGER NOT NULL,
    tried_at  INTEGER,
    ms        INTEGER,
    status    INTEGER,
    fault     TEXT,
    PRIMARY KEY (workspace, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX relay_due ON relay (due) WHERE state = 'waiting';
CREATE INDEX relay_waiting ON relay (workspace, hook) WHERE state = 'waiting';
