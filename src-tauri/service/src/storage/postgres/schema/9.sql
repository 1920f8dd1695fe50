-- Comments that were redacted before redaction reached the stored commands: their words go, and the mark that a blanked
-- command bears says by whom, when and why.
UPDATE command
SET envelope = (
    jsonb_set(jsonb_set(command.envelope::jsonb, '{args,text}', '""'), '{args,mentions}', '[]')
    || jsonb_build_object('redacted', jsonb_build_array(jsonb_build_object(
        'words', jsonb_build_object('of', 'comment', 'comment', redaction.args ->> 'comment'),
        'by', redaction.actor,
        'at', redaction.taken_at,
        'command', redaction.id,
        'reason', redaction.args ->> 'reason'
    )))
)::text
FROM (
    SELECT workspace, aggregate_kind, aggregate, id, actor, taken_at, envelope::jsonb -> 'args' AS args
    FROM command
    WHERE strpos(envelope, 'comment.redact') > 0 AND envelope::jsonb ->> 'kind' = 'comment.redact'
) AS redaction
WHERE command.workspace = redaction.workspace
    AND command.aggregate_kind = redaction.aggregate_kind
    AND command.aggregate = redaction.aggregate
    AND strpos(command.envelope, redaction.args ->> 'comment') > 0
    AND command.envelope::jsonb ->> 'kind' IN ('comment.add', 'comment.edit')
    AND command.envelope::jsonb #>> '{args,comment}' = redaction.args ->> 'comment'
    AND command.envelope::jsonb #>> '{args,text}' <> '';
