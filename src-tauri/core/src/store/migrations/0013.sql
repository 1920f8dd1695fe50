-- A delivery that is no event of an installation, as it came: headers and body in one, sealed under the vault's key.
ALTER TABLE delivery ADD COLUMN sealed BLOB;

-- Rows of installations tell of a state in which one serves nobody. All lists are made anew where that of projects is
-- empty.
DELETE FROM project_row;
DELETE FROM installation_row;
