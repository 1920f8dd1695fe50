-- The secrets of credentials that a desktop gave to the team, sealed under the vault's key. `id` is made of the
-- installation and the client.
CREATE TABLE credentials (
    workspace uuid  NOT NULL,
    id        uuid  NOT NULL,
    sealed    bytea NOT NULL,
    PRIMARY KEY (workspace, id)
);
