-- The people of a workspace, as one document: read and written under the file's write lock.
CREATE TABLE people (
    workspace BLOB NOT NULL PRIMARY KEY REFERENCES workspace (id),
    people    TEXT NOT NULL
) STRICT;

-- Who somebody of an identity provider is, looked up over all workspaces at sign-in.
CREATE TABLE identity (
    workspace BLOB NOT NULL REFERENCES workspace (id),
    issuer    TEXT NOT NULL,
    subject   TEXT NOT NULL,
    PRIMARY KEY (workspace, issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_subject ON identity (subject, issuer);

-- Open invitations by address, looked up at the first sign-in.
CREATE TABLE invited (
    workspace BLOB NOT NULL REFERENCES workspace (id),
    email     TEXT NOT NULL,
    PRIMARY KEY (workspace, email)
) STRICT, WITHOUT ROWID;
CREATE INDEX invited_email ON invited (email);

-- One-time codes for the first owner of a workspace that is yet to be made; of each only the hash, in hexadecimal.
CREATE TABLE owner_code (
    code_sha256 TEXT    NOT NULL PRIMARY KEY,
    expires_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
