-- +goose Up
-- What models cost, and the vectors of texts that were embedded, by their hash.
CREATE TABLE usage (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  conversation TEXT NOT NULL DEFAULT '',
  role TEXT NOT NULL,
  model TEXT NOT NULL,
  prompt BIGINT NOT NULL,
  cached BIGINT NOT NULL,
  reply BIGINT NOT NULL,
  estimated BOOLEAN NOT NULL DEFAULT FALSE,
  cost DOUBLE PRECISION NOT NULL,
  currency TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX usage_conversation ON usage (tenant, conversation);
CREATE INDEX usage_recent ON usage (tenant, at);
CREATE TABLE embeddings (
  tenant TEXT NOT NULL,
  model TEXT NOT NULL,
  hash TEXT NOT NULL,
  vector BYTEA NOT NULL,
  used BIGINT NOT NULL,
  PRIMARY KEY (tenant, model, hash)
);
CREATE INDEX embeddings_used ON embeddings (used);

-- +goose Down
DROP TABLE embeddings;
DROP TABLE usage;
