-- +goose Up
-- Keys with which programs of the company use the API. Tokens are hashed.
CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  token TEXT NOT NULL UNIQUE,
  creator TEXT NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  used BIGINT NOT NULL
);
CREATE INDEX api_keys_tenant ON api_keys (tenant, created);

-- +goose Down
DROP TABLE api_keys;
