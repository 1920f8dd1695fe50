-- Since when nothing names a file; NULL: something does, or it was not looked at yet.
ALTER TABLE blob ADD COLUMN unnamed_since INTEGER;
