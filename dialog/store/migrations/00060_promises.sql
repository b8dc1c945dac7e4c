-- +goose Up
-- When a customer was told that people are back, and when one of them has answered.
ALTER TABLE handoffs ADD COLUMN promised BIGINT NOT NULL DEFAULT 0;
ALTER TABLE handoffs ADD COLUMN kept BIGINT NOT NULL DEFAULT 0;
CREATE INDEX handoffs_promised ON handoffs (tenant, kept, promised);

-- +goose Down
DROP INDEX handoffs_promised;
ALTER TABLE handoffs DROP COLUMN kept;
ALTER TABLE handoffs DROP COLUMN promised;
