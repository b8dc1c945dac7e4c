-- +goose Up
-- Further tokens of a conversation: a customer's other devices. Hashed, as the first is.
CREATE TABLE tokens (
  token TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  conversation TEXT NOT NULL REFERENCES conversations (id),
  created BIGINT NOT NULL
);
CREATE INDEX tokens_conversation ON tokens (conversation, created);

-- +goose Down
DROP TABLE tokens;
