-- Every table is keyed by workspace first. Ids are the 16 bytes of a UUID.

-- A workspace's feed: its epoch, and the last number given.
CREATE TABLE workspace (
    id    BLOB    NOT NULL PRIMARY KEY,
    epoch BLOB    NOT NULL,
    head  INTEGER NOT NULL
) STRICT;

-- The state of each aggregate, and the number of the command that changed it last.
CREATE TABLE aggregate (
    workspace BLOB    NOT NULL REFERENCES workspace (id),
    kind      TEXT    NOT NULL,
    id        BLOB    NOT NULL,
    revision  INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    state     TEXT    NOT NULL,
    PRIMARY KEY (workspace, kind, id)
) STRICT;
CREATE UNIQUE INDEX aggregate_number ON aggregate (workspace, number);

-- Every command that was taken, as it came: the feed and the audit trail.
CREATE TABLE command (
    workspace      BLOB    NOT NULL REFERENCES workspace (id),
    number         INTEGER NOT NULL,
    id             BLOB    NOT NULL,
    actor          BLOB    NOT NULL,
    taken_at       INTEGER NOT NULL,
    aggregate_kind TEXT    NOT NULL,
    aggregate      BLOB    NOT NULL,
    envelope       TEXT    NOT NULL,
    PRIMARY KEY (workspace, number)
) STRICT;
CREATE UNIQUE INDEX command_id ON command (workspace, id);

-- What has to be found without reading every state; kept in step with `aggregate` in the same transaction.
CREATE TABLE project_name (
    workspace   BLOB NOT NULL REFERENCES workspace (id),
    project     BLOB NOT NULL,
    name_folded TEXT NOT NULL,
    slug        TEXT NOT NULL,
    PRIMARY KEY (workspace, project)
) STRICT, WITHOUT ROWID;
CREATE INDEX project_name_name ON project_name (workspace, name_folded);
CREATE INDEX project_name_slug ON project_name (workspace, slug);

-- `started` is the number of the command that started the run: runs are listed in that order.
CREATE TABLE run_of (
    workspace BLOB    NOT NULL REFERENCES workspace (id),
    project   BLOB    NOT NULL,
    version   BLOB    NOT NULL,
    started   INTEGER NOT NULL,
    run       BLOB    NOT NULL,
    PRIMARY KEY (workspace, project, version, started)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX run_of_run ON run_of (workspace, run);
