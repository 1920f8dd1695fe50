-- The people of a workspace, as one document: read and written under the workspace's lock.
CREATE TABLE people (
    workspace uuid PRIMARY KEY,
    people    text NOT NULL
);

-- Who somebody of an identity provider is, looked up over all workspaces at sign-in.
CREATE TABLE identity (
    workspace uuid NOT NULL,
    issuer    text NOT NULL,
    subject   text NOT NULL,
    PRIMARY KEY (workspace, issuer, subject)
);
CREATE INDEX identity_subject ON identity (subject, issuer);

-- Open invitations by address, looked up at the first sign-in.
CREATE TABLE invited (
    workspace uuid NOT NULL,
    email     text NOT NULL,
    PRIMARY KEY (workspace, email)
);
CREATE INDEX invited_email ON invited (email);

-- One-time codes for the first owner of a workspace that is yet to be made; of each only the hash, in hexadecimal.
CREATE TABLE owner_code (
    code_sha256 text   PRIMARY KEY,
    expires_at  bigint NOT NULL
);
