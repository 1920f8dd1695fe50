-- What is pending and is no checklist result: a run may have thousands of those, and each new one is made beside them.
CREATE INDEX outbox_beside_results ON outbox (kind, aggregate, seq)
  WHERE state IN ('queued', 'in_flight') AND instr(envelope, '"kind":"run.set_result"') = 0;
