-- The number of the service's delivery up to which everything was read.
ALTER TABLE feed ADD COLUMN deliveries INTEGER NOT NULL DEFAULT 0;
