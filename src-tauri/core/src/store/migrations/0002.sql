-- What the activity is filtered by: its kind, and the words of its arguments (ids aside), in small letters.
ALTER TABLE activity ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE activity ADD COLUMN words TEXT NOT NULL DEFAULT '';
UPDATE activity SET
  kind = json_extract(envelope, '$.kind'),
  words = lower(coalesce((SELECT group_concat(value, char(10)) FROM json_tree(envelope, '$.args')
    WHERE type = 'text' AND value NOT GLOB '????????-????-7???-????-????????????'), ''))
WHERE json_valid(envelope);
-- Pages are found by counting here, without a look at the rows themselves.
CREATE INDEX activity_list ON activity (number, at, actor, project, kind);
