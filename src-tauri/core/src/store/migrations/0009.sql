-- What was known here of the service's feed when a change was made, and since when.
ALTER TABLE outbox ADD COLUMN knew INTEGER;
ALTER TABLE outbox ADD COLUMN knew_at INTEGER;

-- Changes of the same thing, by their numbers in the activity, that a change made here did not know.
CREATE TABLE met (
  command TEXT NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (command, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER outbox_removed AFTER DELETE ON outbox BEGIN
  DELETE FROM met WHERE command = old.id;
END;

-- How many customers have the app of a project is counted here, without a look at the rows.
ALTER TABLE installation_row ADD COLUMN life TEXT AS (row ->> '$.life');
CREATE INDEX installation_row_project ON installation_row (project, life);
