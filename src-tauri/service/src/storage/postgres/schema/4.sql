-- Where what comes in by a key is passed on to, by whom and since when; nowhere, where it is null.
ALTER TABLE hook ADD COLUMN relay_url text;
ALTER TABLE hook ADD COLUMN relay_by uuid;
ALTER TABLE hook ADD COLUMN relay_at bigint;

-- Deliveries that are passed on: `state` is waiting, taken or given_up, `due` when it is tried next. The last try stands
-- in `tried_at`, `ms`, `status` and `fault`.
CREATE TABLE relay (
    workspace uuid NOT NULL REFERENCES workspace (id),
    number    bigint NOT NULL,
    hook      uuid NOT NULL,
    state     text NOT NULL,
    since     bigint NOT NULL,
    due       bigint NOT NULL,
    tries     bigint NOT NULL,
    tried_at  bigint,
    ms        bigint,
    status    bigint,
    fault     text,
    PRIMARY KEY (workspace, number)
);
CREATE INDEX relay_due ON relay (due) WHERE state = 'waiting';
CREATE INDEX relay_waiting ON relay (workspace, hook) WHERE state = 'waiting';
