-- What lists need of an installation; made anew from the shown states.
CREATE TABLE installation_row (
  id TEXT PRIMARY KEY,
  project TEXT,
  customer TEXT,
  updated_at INTEGER NOT NULL,
  row TEXT NOT NULL
) STRICT;
CREATE INDEX installation_row_list ON installation_row (updated_at, id);

-- The events of installations, each in a row of its own, so that a list over all of them reads a page and no states.
CREATE TABLE event_row (
  installation TEXT NOT NULL,
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  row TEXT NOT NULL,
  PRIMARY KEY (installation, id)
) STRICT;
CREATE INDEX event_row_list ON event_row (at, id);

-- Deliveries that were taken by hand here and not believed, or not needed: their secrets are cut out.
CREATE TABLE delivery (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  row TEXT NOT NULL
) STRICT;
CREATE INDEX delivery_list ON delivery (at, id);
