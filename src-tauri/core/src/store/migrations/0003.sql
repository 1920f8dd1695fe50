-- Lists of any length: a page is read, counted and filtered without a look at the rows that are not on it. What
-- stands in these tables is made anew from the shown states when the store is opened.
DROP TABLE project_row;
CREATE TABLE project_row (
  -- The row of project_search; a rowid of its own might change.
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name_key TEXT NOT NULL,
  slug_key TEXT NOT NULL,
  archived INTEGER NOT NULL,
  status TEXT,
  updated_at INTEGER NOT NULL,
  row TEXT NOT NULL
) STRICT;
CREATE INDEX project_row_name ON project_row (name_key);
CREATE INDEX project_row_slug ON project_row (slug_key);
CREATE INDEX project_row_list ON project_row (archived, name_key, id, status);
CREATE INDEX project_row_recent ON project_row (updated_at, id) WHERE archived = 0;

-- How many projects there are of each status; '' where there is no version.
CREATE TABLE project_count (
  archived INTEGER NOT NULL,
  status TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (archived, status)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER project_row_added AFTER INSERT ON project_row BEGIN
  INSERT INTO project_count (archived, status, n) VALUES (new.archived, coalesce(new.status, ''), 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER project_row_removed AFTER DELETE ON project_row BEGIN
  UPDATE project_count SET n = n - 1 WHERE archived = old.archived AND status = coalesce(old.status, '');
  DELETE FROM project_search WHERE rowid = old.seq;
END;
CREATE TRIGGER project_row_changed AFTER UPDATE OF archived, status ON project_row
WHEN old.archived != new.archived OR old.status IS NOT new.status BEGIN
  UPDATE project_count SET n = n - 1 WHERE archived = old.archived AND status = coalesce(old.status, '');
  INSERT INTO project_count (archived, status, n) VALUES (new.archived, coalesce(new.status, ''), 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;

-- The words by which the list of projects is filtered: name, slug, owner.
CREATE VIRTUAL TABLE project_search USING fts5 (
  words,
  content = '', contentless_delete = 1,
  tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);

DELETE FROM version_row;
ALTER TABLE version_row ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
DROP INDEX version_row_status;
CREATE INDEX version_row_open ON version_row (since)
  WHERE archived = 0 AND status IN ('draft', 'in_review', 'rejected', 'approved', 'published');
CREATE INDEX version_row_review ON version_row (since)
  WHERE archived = 0 AND status IN ('in_review', 'rejected', 'approved');

DELETE FROM run_row;

-- A number for the documents of an aggregate: while it is the same they are not read again, however many there are.
CREATE TABLE document_mark (aggregate TEXT PRIMARY KEY, mark INTEGER NOT NULL) STRICT, WITHOUT ROWID;
