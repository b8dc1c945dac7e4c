-- +goose Up
-- What the company sells, as one list; what customers did on its pages, of each conversation
-- one row; and what was recommended to them, by the bot or by a person.
CREATE TABLE products (
  tenant TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  body TEXT NOT NULL,
  who TEXT NOT NULL DEFAULT '',
  at BIGINT NOT NULL
);
CREATE TABLE behaviours (
  conversation TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE TABLE recommendations (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  conversation TEXT NOT NULL,
  product TEXT NOT NULL,
  name TEXT NOT NULL,
  who TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL,
  at BIGINT NOT NULL,
  changed BIGINT NOT NULL
);
CREATE UNIQUE INDEX recommendations_once ON recommendations (conversation, product);
CREATE INDEX recommendations_at ON recommendations (tenant, at);

-- +goose Down
DROP TABLE recommendations;
DROP TABLE behaviours;
DROP TABLE products;
