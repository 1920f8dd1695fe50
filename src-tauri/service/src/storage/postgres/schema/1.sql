-- Every table is keyed by workspace first, so that a distributed PostgreSQL can spread it. Rows of a workspace are
-- written under the lock of its row in `workspace` only: no foreign key has to look there once more for each.

-- A workspace's feed: its epoch, the last number given, and when that was. Changed at every write: room is left in its pages.
CREATE TABLE workspace (
    id      uuid   PRIMARY KEY,
    epoch   uuid   NOT NULL,
    head    bigint NOT NULL,
    last_at bigint NOT NULL
) WITH (fillfactor = 50);

-- The state of each aggregate, and the number of the command that changed it last. JSON as it came: `jsonb` would
-- put its fields into another order.
CREATE TABLE aggregate (
    workspace uuid   NOT NULL,
    kind      text   NOT NULL,
    id        uuid   NOT NULL,
    revision  bigint NOT NULL,
    number    bigint NOT NULL,
    state     text   NOT NULL,
    PRIMARY KEY (workspace, kind, id)
);
CREATE UNIQUE INDEX aggregate_number ON aggregate (workspace, number);

-- Every command that was taken, as it came: the feed and the audit trail.
CREATE TABLE command (
    workspace      uuid   NOT NULL,
    number         bigint NOT NULL,
    id             uuid   NOT NULL,
    actor          uuid   NOT NULL,
    taken_at       bigint NOT NULL,
    aggregate_kind text   NOT NULL,
    aggregate      uuid   NOT NULL,
    envelope       text   NOT NULL,
    PRIMARY KEY (workspace, number)
);
CREATE UNIQUE INDEX command_id ON command (workspace, id);

-- What has to be found without reading every state; kept in step with `aggregate` in the same transaction.
CREATE TABLE project_name (
    workspace   uuid NOT NULL,
    project     uuid NOT NULL,
    name_folded text NOT NULL,
    slug        text NOT NULL,
    PRIMARY KEY (workspace, project)
);
CREATE INDEX project_name_name ON project_name (workspace, name_folded);
CREATE INDEX project_name_slug ON project_name (workspace, slug);

-- `started` is the number of the command that started the run: runs are listed in that order.
CREATE TABLE run_of (
    workspace uuid   NOT NULL,
    run       uuid   NOT NULL,
    project   uuid   NOT NULL,
    version   uuid   NOT NULL,
    started   bigint NOT NULL,
    PRIMARY KEY (workspace, run)
);
CREATE INDEX run_of_version ON run_of (workspace, project, version, started);
