-- Comments that were redacted before redaction reached the stored commands: their words go, and the mark that a blanked
-- command bears says by whom, when and why.
UPDATE command
SET envelope = json_set(
    envelope,
    '$.args.text', '',
    '$.args.mentions', json('[]'),
    '$.redacted', json_array(json_object(
        'words', json_object('of', 'comment', 'comment', redaction.comment),
        'by', redaction.by,
        'at', redaction.at,
        'command', redaction.command,
        'reason', redaction.reason
    ))
)
FROM (
    SELECT
        workspace,
        aggregate_kind,
        aggregate,
        json_extract(envelope, '$.args.comment') AS comment,
        json_extract(envelope, '$.args.reason') AS reason,
        json_extract(envelope, '$.id') AS command,
        taken_at AS at,
        lower(
            hex(substr(actor, 1, 4)) || '-' || hex(substr(actor, 5, 2)) || '-' || hex(substr(actor, 7, 2)) || '-'
            || hex(substr(actor, 9, 2)) || '-' || hex(substr(actor, 11, 6))
        ) AS by
    FROM command
    WHERE json_extract(envelope, '$.kind') = 'comment.redact'
) AS redaction
WHERE command.workspace = redaction.workspace
    AND command.aggregate_kind = redaction.aggregate_kind
    AND command.aggregate = redaction.aggregate
    AND json_extract(command.envelope, '$.kind') IN ('comment.add', 'comment.edit')
    AND json_extract(command.envelope, '$.args.comment') = redaction.comment
    AND json_extract(command.envelope, '$.args.text') <> '';
