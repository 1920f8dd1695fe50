-- Comments that mention somebody who has not seen them: home reads them without reading every project.
CREATE TABLE mention (
  member TEXT NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  aggregate TEXT NOT NULL,
  comment TEXT NOT NULL
) STRICT;
CREATE INDEX mention_member ON mention (member, at);
CREATE INDEX mention_aggregate ON mention (kind, aggregate);
