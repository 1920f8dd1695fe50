-- Calls to Talkdesk that change something there. A row stands before its call is sent, and says what became of it
-- afterwards; `id` is the request's, and of the command that records the call.
CREATE TABLE talkdesk_call (
    workspace uuid   NOT NULL,
    id        uuid   NOT NULL,
    begun_at  bigint NOT NULL,
    json      text   NOT NULL,
    PRIMARY KEY (workspace, id)
);
