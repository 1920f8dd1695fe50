-- When the alerts of a workspace are looked through next; since when they are sent at all; the day of the last digest.
CREATE TABLE telling (
    workspace BLOB NOT NULL REFERENCES workspace (id),
    since     INTEGER NOT NULL,
    next      INTEGER NOT NULL,
    digest    TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (workspace)
) STRICT, WITHOUT ROWID;

-- What was told to whom: each thing once, however many replicas look.
CREATE TABLE told (
    workspace BLOB NOT NULL REFERENCES workspace (id),
    recipient TEXT NOT NULL,
    what      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (workspace, recipient, what)
) STRICT, WITHOUT ROWID;

-- Messages on their way: `state` is waiting, sent or given_up, `due` when it is tried next. What it says is blanked once
-- it is sent.
CREATE TABLE message (
    workspace BLOB NOT NULL REFERENCES workspace (id),
    id        BLOB NOT NULL,
    recipient TEXT NOT NULL,
    content   TEXT NOT NULL,
    state     TEXT NOT NULL,
    since     INTEGER NOT NULL,
    due       INTEGER NOT NULL,
    tries     INTEGER NOT NULL,
    fault     TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_due ON message (due) WHERE state = 'waiting';

-- What the relay gave up is told, too.
CREATE INDEX relay_given_up ON relay (workspace, hook) WHERE state = 'given_up';
