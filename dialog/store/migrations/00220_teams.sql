-- +goose Up
-- Supervisors look after teams; none: all.
ALTER TABLE users ADD COLUMN teams TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE users DROP COLUMN teams;
