-- Who is connected to which replica. Nothing durable: rows are renewed while they hold, and `seen` tells those of a
-- replica that died.
CREATE UNLOGGED TABLE present (
    workspace uuid NOT NULL,
    replica   uuid NOT NULL,
    member    uuid NOT NULL,
    since     bigint NOT NULL,
    seen      timestamptz NOT NULL,
    PRIMARY KEY (workspace, replica, member)
);
