-- +goose Up
-- The node that has a call, where several share the store; '' where there is one.
ALTER TABLE calls ADD COLUMN node TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE calls DROP COLUMN node;
