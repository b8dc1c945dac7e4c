-- +goose Up
-- What is known of verified customers, what people were given who took over, and
-- proofs of what was forgotten.
CREATE TABLE profiles (
  tenant TEXT NOT NULL,
  customer TEXT NOT NULL,
  body TEXT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (tenant, customer)
);
CREATE TABLE handoffs (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  conversation TEXT NOT NULL,
  reason TEXT NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX handoffs_conversation ON handoffs (conversation, at);
CREATE TABLE certificates (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  conversation TEXT NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX conversations_customer ON conversations (tenant, customer);

-- +goose Down
DROP INDEX conversations_customer;
DROP TABLE certificates;
DROP TABLE handoffs;
DROP TABLE profiles;
