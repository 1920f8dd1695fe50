-- A delivery that is no event of an installation, as it came: headers and body in one, sealed under the vault's key.
ALTER TABLE delivery ADD COLUMN sealed BLOB;
