-- +goose Up
-- Documents have versions, drafts, states and originals; who follows them asks for
-- what changed after a number of the clock, which rises in the order of the commits.
CREATE TABLE knowledge_clock (
  tenant TEXT PRIMARY KEY,
  n BIGINT NOT NULL
);
INSERT INTO knowledge_clock (tenant, n) VALUES ('default', 1);
ALTER TABLE documents ADD COLUMN audience TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN valid_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN valid_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN state TEXT NOT NULL DEFAULT 'ready';
ALTER TABLE documents ADD COLUMN error TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN draft TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN job TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN lease BIGINT NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN blob TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN bytes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN who TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN deleted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN change BIGINT NOT NULL DEFAULT 1;
CREATE INDEX documents_change ON documents (tenant, change);
CREATE INDEX documents_state ON documents (tenant, state);
CREATE TABLE document_versions (
  document TEXT NOT NULL,
  version BIGINT NOT NULL,
  tenant TEXT NOT NULL,
  at BIGINT NOT NULL,
  who TEXT NOT NULL DEFAULT '',
  title TEXT NOT NULL,
  language TEXT NOT NULL DEFAULT '',
  audience TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL DEFAULT '',
  valid_from BIGINT NOT NULL DEFAULT 0,
  valid_until BIGINT NOT NULL DEFAULT 0,
  hash TEXT NOT NULL,
  blob TEXT NOT NULL DEFAULT '',
  bytes BIGINT NOT NULL DEFAULT 0,
  body TEXT NOT NULL,
  PRIMARY KEY (document, version)
);
INSERT INTO document_versions (document, version, tenant, at, title, language, hash, body)
  SELECT id, version, tenant, updated, title, language, hash, body FROM documents;
CREATE TABLE phrasings (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  document TEXT NOT NULL,
  passage TEXT NOT NULL,
  title TEXT NOT NULL,
  origin TEXT NOT NULL,
  conversation TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL,
  who TEXT NOT NULL DEFAULT '',
  body TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX phrasings_document ON phrasings (document, state);
CREATE INDEX phrasings_state ON phrasings (tenant, state, at);
ALTER TABLE gaps ADD COLUMN closed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX gaps_open ON gaps (tenant, kind, closed, at);
CREATE INDEX events_recent ON events (tenant, type, at);

-- +goose Down
DROP INDEX events_recent;
DROP INDEX gaps_open;
ALTER TABLE gaps DROP COLUMN closed;
DROP TABLE phrasings;
DROP TABLE document_versions;
DROP INDEX documents_state;
DROP INDEX documents_change;
ALTER TABLE documents DROP COLUMN change;
ALTER TABLE documents DROP COLUMN deleted;
ALTER TABLE documents DROP COLUMN who;
ALTER TABLE documents DROP COLUMN bytes;
ALTER TABLE documents DROP COLUMN blob;
ALTER TABLE documents DROP COLUMN lease;
ALTER TABLE documents DROP COLUMN job;
ALTER TABLE documents DROP COLUMN draft;
ALTER TABLE documents DROP COLUMN error;
ALTER TABLE documents DROP COLUMN state;
ALTER TABLE documents DROP COLUMN valid_until;
ALTER TABLE documents DROP COLUMN valid_from;
ALTER TABLE documents DROP COLUMN kind;
ALTER TABLE documents DROP COLUMN source;
ALTER TABLE documents DROP COLUMN audience;
DROP TABLE knowledge_clock;
