-- The number that the last delivery of a workspace was given.
ALTER TABLE workspace ADD COLUMN deliveries bigint NOT NULL DEFAULT 0;

-- A record that the vault's key opens: another key is noticed before anything is sealed under it.
CREATE TABLE vault (
    single integer PRIMARY KEY CHECK (single = 1),
    sealed bytea   NOT NULL
);

-- The keys by which deliveries come in; of each only the hash, in hexadecimal.
CREATE TABLE hook (
    workspace  uuid   NOT NULL,
    id         uuid   NOT NULL,
    key_sha256 text   NOT NULL,
    project    uuid   NOT NULL,
    made_by    uuid   NOT NULL,
    made_at    bigint NOT NULL,
    revoked_at bigint,
    PRIMARY KEY (workspace, id)
);
CREATE INDEX hook_key ON hook (key_sha256);

-- What came. `delivery` is what people may read of it; `sealed` holds the headers and the raw body, under the vault's
-- key. `event` is the id of a verified event and of no other.
CREATE TABLE delivery (
    workspace uuid   NOT NULL,
    number    bigint NOT NULL,
    id        uuid   NOT NULL,
    project   uuid   NOT NULL,
    event     text,
    delivery  text   NOT NULL,
    sealed    bytea  NOT NULL,
    PRIMARY KEY (workspace, number)
);
CREATE UNIQUE INDEX delivery_event ON delivery (workspace, project, event);
CREATE INDEX delivery_unverified ON delivery (workspace, project, number) WHERE event IS NULL;
