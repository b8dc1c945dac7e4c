-- +goose Up
-- Phones: who called from where, whom we called, who is not to be called, and what is to be done later.
ALTER TABLE conversations ADD COLUMN caller TEXT NOT NULL DEFAULT '';
CREATE INDEX conversations_caller ON conversations (tenant, caller, created) WHERE caller <> '';
ALTER TABLE users ADD COLUMN phone TEXT NOT NULL DEFAULT '';
CREATE TABLE dials (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  conversation TEXT NOT NULL,
  trunk TEXT NOT NULL,
  at BIGINT NOT NULL,
  seconds BIGINT NOT NULL DEFAULT 0,
  body TEXT NOT NULL
);
CREATE INDEX dials_time ON dials (tenant, at);
CREATE INDEX dials_conversation ON dials (conversation);
CREATE TABLE do_not_call (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  at BIGINT NOT NULL,
  author TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE TABLE switches (
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  author TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (tenant, name)
);
CREATE TABLE tasks (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  kind TEXT NOT NULL,
  conversation TEXT NOT NULL,
  due BIGINT NOT NULL,
  lease BIGINT NOT NULL DEFAULT 0,
  tries BIGINT NOT NULL DEFAULT 0,
  created BIGINT NOT NULL,
  ended BIGINT NOT NULL DEFAULT 0,
  outcome TEXT NOT NULL DEFAULT '',
  body TEXT NOT NULL
);
CREATE UNIQUE INDEX tasks_open ON tasks (conversation, kind) WHERE ended = 0;
CREATE INDEX tasks_due ON tasks (tenant, due) WHERE ended = 0;

-- +goose Down
DROP TABLE tasks;
DROP TABLE switches;
DROP TABLE do_not_call;
DROP TABLE dials;
ALTER TABLE users DROP COLUMN phone;
DROP INDEX conversations_caller;
ALTER TABLE conversations DROP COLUMN caller;
