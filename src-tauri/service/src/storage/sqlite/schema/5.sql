-- The secrets of credentials that a desktop gave to the team, sealed under the vault's key. `id` is made of the
-- installation and the client.
CREATE TABLE credentials (
    workspace BLOB NOT NULL REFERENCES workspace (id),
    id        BLOB NOT NULL,
    sealed    BLOB NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
