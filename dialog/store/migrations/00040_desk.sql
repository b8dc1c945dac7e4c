-- +goose Up
-- The passage of conversations to people, who has them, and the words that they are found by.
CREATE TABLE transfers (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  conversation TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  queue TEXT NOT NULL DEFAULT '',
  agent TEXT NOT NULL DEFAULT '',
  version BIGINT NOT NULL DEFAULT 0,
  created BIGINT NOT NULL,
  ended BIGINT NOT NULL DEFAULT 0,
  body TEXT NOT NULL
);
CREATE UNIQUE INDEX transfers_running ON transfers (conversation) WHERE ended = 0;
CREATE INDEX transfers_unseen ON transfers (tenant, version) WHERE version = 0;
CREATE INDEX transfers_conversation ON transfers (conversation, created);
CREATE INDEX transfers_time ON transfers (tenant, created);
ALTER TABLE conversations ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN queue TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN indexed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX conversations_held ON conversations (tenant, holder, updated);
CREATE INDEX conversations_unindexed ON conversations (updated) WHERE indexed < seq;
CREATE TABLE conversation_words (
  word TEXT NOT NULL,
  conversation TEXT NOT NULL,
  PRIMARY KEY (word, conversation)
);
CREATE INDEX conversation_words_of ON conversation_words (conversation);

-- +goose Down
DROP TABLE conversation_words;
DROP INDEX conversations_unindexed;
DROP INDEX conversations_held;
ALTER TABLE conversations DROP COLUMN indexed;
ALTER TABLE conversations DROP COLUMN queue;
ALTER TABLE conversations DROP COLUMN agent;
DROP TABLE transfers;
