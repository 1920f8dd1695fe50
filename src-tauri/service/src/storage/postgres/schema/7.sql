-- Which files are named by commands, up to which command that was looked at, and when files were looked at last; and the
-- files that nothing named, since when. Files are their SHA-256 in hexadecimal.
ALTER TABLE workspace ADD COLUMN files_read bigint NOT NULL DEFAULT 0;
ALTER TABLE workspace ADD COLUMN files_swept_at bigint NOT NULL DEFAULT 0;
CREATE TABLE named_file (
    workspace uuid NOT NULL,
    sha256    text NOT NULL,
    PRIMARY KEY (workspace, sha256)
);
CREATE TABLE loose_file (
    workspace uuid   NOT NULL,
    sha256    text   NOT NULL,
    since     bigint NOT NULL,
    PRIMARY KEY (workspace, sha256)
);
