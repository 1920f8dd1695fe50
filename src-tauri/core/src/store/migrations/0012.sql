-- Comments that were redacted before redaction reached the stored commands: their words go, and the mark that a blanked
-- command bears says by whom, when and why.
UPDATE outbox SET envelope = json_set(
    outbox.envelope,
    '$.args.text', '',
    '$.args.mentions', json('[]'),
    '$.redacted', json_array(json_object(
        'words', json_object('of', 'comment', 'comment', json_extract(redaction.envelope, '$.args.comment')),
        'by', redaction.actor,
        'at', redaction.at,
        'command', redaction.id,
        'reason', json_extract(redaction.envelope, '$.args.reason')
    ))
)
FROM activity AS redaction
WHERE redaction.kind = 'comment.redact' AND json_valid(redaction.envelope)
    AND outbox.state = 'done'
    AND CASE WHEN json_valid(outbox.envelope) THEN
        json_extract(outbox.envelope, '$.kind') IN ('comment.add', 'comment.edit')
        AND json_extract(outbox.envelope, '$.args.comment') = json_extract(redaction.envelope, '$.args.comment')
        AND json_extract(outbox.envelope, '$.args.text') <> ''
    END;

UPDATE activity SET words = '', envelope = json_set(
    activity.envelope,
    '$.args.text', '',
    '$.args.mentions', json('[]'),
    '$.redacted', json_array(json_object(
        'words', json_object('of', 'comment', 'comment', json_extract(redaction.envelope, '$.args.comment')),
        'by', redaction.actor,
        'at', redaction.at,
        'command', redaction.id,
        'reason', json_extract(redaction.envelope, '$.args.reason')
    ))
)
FROM activity AS redaction
WHERE redaction.kind = 'comment.redact' AND json_valid(redaction.envelope)
    AND activity.kind IN ('comment.add', 'comment.edit')
    AND CASE WHEN json_valid(activity.envelope) THEN
        json_extract(activity.envelope, '$.args.comment') = json_extract(redaction.envelope, '$.args.comment')
        AND json_extract(activity.envelope, '$.args.text') <> ''
    END;
