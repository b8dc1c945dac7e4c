-- +goose Up
-- Conversations fall asleep, and are closed, by how long nothing has happened in them.
CREATE INDEX conversations_state ON conversations (tenant, state, updated);

-- +goose Down
DROP INDEX conversations_state;
