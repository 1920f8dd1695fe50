-- Calls to Talkdesk that change something there. A row stands before its call is sent, and says what became of it
-- afterwards; `id` is the request's, and of the command that records the call.
CREATE TABLE talkdesk_call (
    workspace BLOB    NOT NULL REFERENCES workspace (id),
    id        BLOB    NOT NULL,
    begun_at  INTEGER NOT NULL,
    json      TEXT    NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
