-- When the alerts of a workspace are looked through next; since when they are sent at all; the day of the last digest.
CREATE TABLE telling (
    workspace uuid NOT NULL REFERENCES workspace (id),
    since     bigint NOT NULL,
    next      bigint NOT NULL,
    digest    text NOT NULL DEFAULT '',
    PRIMARY KEY (workspace)
);

-- What was told to whom: each thing once, however many replicas look.
CREATE TABLE told (
    workspace uuid NOT NULL REFERENCES workspace (id),
    recipient text NOT NULL,
    what      text NOT NULL,
    at        bigint NOT NULL,
    PRIMARY KEY (workspace, recipient, what)
);

-- Messages on their way: `state` is waiting, sent or given_up, `due` when it is tried next. What it says is blanked once
-- it is sent.
CREATE TABLE message (
    workspace uuid NOT NULL REFERENCES workspace (id),
    id        uuid NOT NULL,
    recipient text NOT NULL,
    content   text NOT NULL,
    state     text NOT NULL,
    since     bigint NOT NULL,
    due       bigint NOT NULL,
    tries     bigint NOT NULL,
    fault     text NOT NULL,
    PRIMARY KEY (workspace, id)
);
CREATE INDEX message_due ON message (due) WHERE state = 'waiting';

-- What the relay gave up is told, too.
CREATE INDEX relay_given_up ON relay (workspace, hook) WHERE state = 'given_up';
