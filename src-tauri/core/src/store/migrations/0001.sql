-- Small values of this connection: appearance, the pinned project, who the person is.
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- What a person typed into a form that was not handed in yet.
CREATE TABLE draft (key TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;

-- What a person did here, until and a while after the service took it.
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  aggregate TEXT NOT NULL,
  actor TEXT NOT NULL,
  roles TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  envelope TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'in_flight', 'done', 'conflicted', 'refused')),
  -- 1: it may have been taken already, the answer was not seen.
  unsure INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  refusal TEXT,
  waits_for TEXT,
  number INTEGER,
  epoch TEXT,
  settled_at INTEGER
) STRICT;
CREATE INDEX outbox_state ON outbox (state, seq);
CREATE INDEX outbox_aggregate ON outbox (kind, aggregate, state, number);

-- Where we are in the service's feed. snapshot_after: a snapshot is being taken, so far up to this number.
CREATE TABLE feed (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  epoch TEXT NOT NULL,
  head INTEGER NOT NULL,
  snapshot_after INTEGER,
  synced_at INTEGER
) STRICT;

-- An aggregate as the service last said.
CREATE TABLE confirmed (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  number INTEGER NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT;

-- An aggregate as it is shown: confirmed, with pending commands applied again.
CREATE TABLE shown (kind TEXT NOT NULL, id TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (kind, id)) STRICT;

-- Aggregates whose shown state is older than their confirmed one. snapshot: the newer one came with a snapshot.
CREATE TABLE dirty (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  snapshot INTEGER NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- What lists need of an aggregate, kept beside it.
CREATE TABLE project_row (
  id TEXT PRIMARY KEY,
  name_key TEXT NOT NULL,
  slug_key TEXT NOT NULL,
  archived INTEGER NOT NULL,
  status TEXT,
  updated_at INTEGER NOT NULL,
  row TEXT NOT NULL
) STRICT;
CREATE INDEX project_row_name ON project_row (name_key);
CREATE INDEX project_row_slug ON project_row (slug_key);
CREATE INDEX project_row_list ON project_row (archived, name_key);

CREATE TABLE version_row (
  id TEXT PRIMARY KEY,
  project TEXT NOT NULL,
  status TEXT NOT NULL,
  since INTEGER NOT NULL,
  row TEXT NOT NULL
) STRICT;
CREATE INDEX version_row_project ON version_row (project);
CREATE INDEX version_row_status ON version_row (status, since);

CREATE TABLE run_row (
  id TEXT PRIMARY KEY,
  project TEXT NOT NULL,
  version TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  row TEXT NOT NULL
) STRICT;
CREATE INDEX run_row_version ON run_row (project, version);
CREATE INDEX run_row_updated ON run_row (updated_at);

-- Commands that the service took.
CREATE TABLE activity (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  project TEXT,
  envelope TEXT NOT NULL
) STRICT;
CREATE INDEX activity_project ON activity (project, number);

-- What can be searched. A row for each thing that a person looks for by words.
CREATE TABLE document (
  rowid INTEGER PRIMARY KEY,
  aggregate TEXT NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  target TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX document_key ON document (aggregate, key);
CREATE VIRTUAL TABLE search USING fts5 (
  name, text,
  content = 'document', content_rowid = 'rowid',
  tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);
CREATE TRIGGER document_added AFTER INSERT ON document BEGIN
  INSERT INTO search (rowid, name, text) VALUES (new.rowid, new.name, new.text);
END;
CREATE TRIGGER document_removed AFTER DELETE ON document BEGIN
  INSERT INTO search (search, rowid, name, text) VALUES ('delete', old.rowid, old.name, old.text);
END;
CREATE TRIGGER document_changed AFTER UPDATE OF name, text ON document BEGIN
  INSERT INTO search (search, rowid, name, text) VALUES ('delete', old.rowid, old.name, old.text);
  INSERT INTO search (rowid, name, text) VALUES (new.rowid, new.name, new.text);
END;
CREATE INDEX outbox_settled ON outbox (settled_at) WHERE settled_at IS NOT NULL;
