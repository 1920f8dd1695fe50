-- Which files are named by commands, up to which command that was looked at, and when files were looked at last; and the
-- files that nothing named, since when. Files are their SHA-256 in hexadecimal.
ALTER TABLE workspace ADD COLUMN files_read INTEGER NOT NULL DEFAULT 0;
ALTER TABLE workspace ADD COLUMN files_swept_at INTEGER NOT NULL DEFAULT 0;
CREATE TABLE named_file (
    workspace BLOB NOT NULL REFERENCES workspace (id),
    sha256    TEXT NOT NULL,
    PRIMARY KEY (workspace, sha256)
) STRICT, WITHOUT ROWID;
CREATE TABLE loose_file (
    workspace BLOB    NOT NULL REFERENCES workspace (id),
    sha256    TEXT    NOT NULL,
    since     INTEGER NOT NULL,
    PRIMARY KEY (workspace, sha256)
) STRICT, WITHOUT ROWID;
