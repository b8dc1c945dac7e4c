-- +goose Up
-- What people do beside talking: how conversations ended, ready replies, who was mentioned, answers that may become knowledge.
CREATE TABLE wrapups (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  conversation TEXT NOT NULL,
  agent TEXT NOT NULL,
  queue TEXT NOT NULL DEFAULT '',
  mode TEXT NOT NULL,
  began BIGINT NOT NULL,
  until BIGINT NOT NULL DEFAULT 0,
  done BIGINT NOT NULL DEFAULT 0,
  disposition TEXT NOT NULL DEFAULT '',
  body TEXT NOT NULL DEFAULT ''
);
CREATE INDEX wrapups_of ON wrapups (agent, done);
CREATE INDEX wrapups_conversation ON wrapups (conversation);
CREATE INDEX wrapups_time ON wrapups (tenant, began);
CREATE TABLE canned (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  owner TEXT NOT NULL DEFAULT '',
  shortcut TEXT NOT NULL,
  language TEXT NOT NULL DEFAULT '',
  body TEXT NOT NULL,
  changed BIGINT NOT NULL,
  changed_by TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX canned_shortcut ON canned (tenant, owner, shortcut, language);
CREATE TABLE mentions (
  note TEXT NOT NULL,
  agent TEXT NOT NULL,
  conversation TEXT NOT NULL,
  at BIGINT NOT NULL,
  seen BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (note, agent)
);
CREATE INDEX mentions_of ON mentions (agent, seen, at);
CREATE INDEX mentions_conversation ON mentions (conversation, agent);
CREATE TABLE answers (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  conversation TEXT NOT NULL,
  agent TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL,
  at BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX answers_state ON answers (tenant, state, at);
CREATE INDEX answers_conversation ON answers (conversation);
ALTER TABLE conversations ADD COLUMN released BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE conversations DROP COLUMN released;
DROP TABLE answers;
DROP TABLE mentions;
DROP TABLE canned;
DROP TABLE wrapups;
