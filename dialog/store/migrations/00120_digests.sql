-- +goose Up
-- What reports read of a conversation: no words of anybody's, but numbers and keywords, made
-- anew whenever something has happened in it, and gone when it is forgotten. slot is the half
-- hour that it began in, flags are dialog/insight's, day is the company's own, since 1970.
ALTER TABLE conversations ADD COLUMN digested BIGINT NOT NULL DEFAULT 0;
CREATE INDEX conversations_undigested ON conversations (updated) WHERE digested < seq;
CREATE TABLE digests (
  conversation TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  began BIGINT NOT NULL,
  last BIGINT NOT NULL,
  slot BIGINT NOT NULL,
  day BIGINT NOT NULL,
  flags BIGINT NOT NULL,
  person TEXT NOT NULL DEFAULT '',
  matter TEXT NOT NULL DEFAULT '',
  agent TEXT NOT NULL DEFAULT '',
  queue TEXT NOT NULL DEFAULT '',
  reply_ms BIGINT NOT NULL DEFAULT 0,
  handle_ms BIGINT NOT NULL DEFAULT 0,
  turns BIGINT NOT NULL DEFAULT 0,
  score BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX digests_tally ON digests (tenant, slot, flags, last, began);
CREATE INDEX digests_person ON digests (tenant, person, began);
CREATE TABLE digest_transfers (
  id TEXT PRIMARY KEY,
  conversation TEXT NOT NULL,
  tenant TEXT NOT NULL,
  began BIGINT NOT NULL,
  slot BIGINT NOT NULL,
  flags BIGINT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  asked TEXT NOT NULL DEFAULT '',
  queue TEXT NOT NULL DEFAULT '',
  agent TEXT NOT NULL DEFAULT '',
  wait_ms BIGINT NOT NULL,
  tries BIGINT NOT NULL
);
CREATE INDEX digest_transfers_slot ON digest_transfers (tenant, slot);
CREATE INDEX digest_transfers_of ON digest_transfers (conversation);
CREATE TABLE digest_waits (
  conversation TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  slot BIGINT NOT NULL,
  began BIGINT NOT NULL,
  flags BIGINT NOT NULL,
  body BYTEA NOT NULL
);
CREATE INDEX digest_waits_slot ON digest_waits (tenant, slot);
CREATE TABLE digest_costs (
  conversation TEXT NOT NULL,
  currency TEXT NOT NULL,
  tenant TEXT NOT NULL,
  slot BIGINT NOT NULL,
  began BIGINT NOT NULL,
  flags BIGINT NOT NULL,
  cost DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (conversation, currency)
);
CREATE INDEX digest_costs_slot ON digest_costs (tenant, slot);
CREATE TABLE digest_words (
  conversation TEXT NOT NULL,
  word TEXT NOT NULL,
  tenant TEXT NOT NULL,
  practice BIGINT NOT NULL,
  day BIGINT NOT NULL,
  slot BIGINT NOT NULL,
  angry BIGINT NOT NULL,
  PRIMARY KEY (conversation, word)
);
CREATE INDEX digest_words_word ON digest_words (tenant, word, practice, slot, angry);
CREATE TABLE digest_word_days (
  tenant TEXT NOT NULL,
  practice BIGINT NOT NULL,
  day BIGINT NOT NULL,
  word TEXT NOT NULL,
  n BIGINT NOT NULL,
  angry BIGINT NOT NULL,
  PRIMARY KEY (tenant, practice, day, word)
);

-- +goose Down
DROP TABLE digest_word_days;
DROP TABLE digest_words;
DROP TABLE digest_costs;
DROP TABLE digest_waits;
DROP TABLE digest_transfers;
DROP TABLE digests;
DROP INDEX conversations_undigested;
ALTER TABLE conversations DROP COLUMN digested;
