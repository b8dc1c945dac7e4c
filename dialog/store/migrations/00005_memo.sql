-- +goose Up
-- The brain's working memory of a conversation: running form, pending confirmation, who was verified.
ALTER TABLE conversations ADD COLUMN memo TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE conversations DROP COLUMN memo;
