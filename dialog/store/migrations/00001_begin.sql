-- +goose Up
-- One set for SQLite and PostgreSQL: times are microseconds since 1970, bodies
-- are text that SQL never looks into.
CREATE TABLE conversations (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  token TEXT NOT NULL UNIQUE,
  site TEXT NOT NULL DEFAULT '',
  locale TEXT NOT NULL DEFAULT '',
  customer TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT 'open',
  holder TEXT NOT NULL DEFAULT 'bot',
  epoch BIGINT NOT NULL DEFAULT 0,
  seq BIGINT NOT NULL DEFAULT 0,
  score BIGINT NOT NULL DEFAULT 0,
  body TEXT NOT NULL DEFAULT '',
  open_turn TEXT NOT NULL DEFAULT '',
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL
);
CREATE INDEX conversations_recent ON conversations (tenant, updated);
CREATE TABLE events (
  conversation TEXT NOT NULL REFERENCES conversations (id),
  seq BIGINT NOT NULL,
  tenant TEXT NOT NULL,
  type TEXT NOT NULL,
  at BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (conversation, seq)
);
CREATE TABLE calls (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  conversation TEXT NOT NULL REFERENCES conversations (id),
  via TEXT NOT NULL,
  direction TEXT NOT NULL,
  started BIGINT NOT NULL,
  ended BIGINT NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  recording TEXT NOT NULL DEFAULT ''
);
CREATE INDEX calls_conversation ON calls (conversation);
CREATE TABLE users (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  role TEXT NOT NULL,
  password TEXT NOT NULL,
  created BIGINT NOT NULL,
  UNIQUE (tenant, email)
);
CREATE TABLE sessions (
  token TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  expires BIGINT NOT NULL
);
CREATE TABLE idempotency (
  key TEXT PRIMARY KEY,
  request TEXT NOT NULL,
  status BIGINT NOT NULL,
  body TEXT NOT NULL,
  created BIGINT NOT NULL
);
CREATE TABLE documents (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  title TEXT NOT NULL,
  language TEXT NOT NULL DEFAULT '',
  hash TEXT NOT NULL,
  body TEXT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  updated BIGINT NOT NULL
);
CREATE TABLE gaps (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  kind TEXT NOT NULL,
  conversation TEXT NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE TABLE audit (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  source TEXT NOT NULL DEFAULT '',
  body TEXT NOT NULL DEFAULT '',
  at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE audit;
DROP TABLE gaps;
DROP TABLE documents;
DROP TABLE idempotency;
DROP TABLE sessions;
DROP TABLE users;
DROP TABLE calls;
DROP TABLE events;
DROP TABLE conversations;
