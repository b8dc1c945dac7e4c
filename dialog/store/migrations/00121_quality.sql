-- +goose Up
-- How well conversations went by the company's rubric, what people said of that, and the
-- rubric itself. A criterion that does not apply is -1.
CREATE TABLE digest_scores (
  conversation TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  began BIGINT NOT NULL,
  slot BIGINT NOT NULL,
  day BIGINT NOT NULL,
  flags BIGINT NOT NULL,
  agent TEXT NOT NULL DEFAULT '',
  total BIGINT NOT NULL,
  greeting BIGINT NOT NULL,
  understanding BIGINT NOT NULL,
  correctness BIGINT NOT NULL,
  tone BIGINT NOT NULL,
  resolution BIGINT NOT NULL,
  compliance BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX digest_scores_slot ON digest_scores (tenant, slot);
CREATE TABLE digest_faults (
  conversation TEXT NOT NULL,
  fault TEXT NOT NULL,
  criterion TEXT NOT NULL,
  tenant TEXT NOT NULL,
  began BIGINT NOT NULL,
  slot BIGINT NOT NULL,
  flags BIGINT NOT NULL,
  PRIMARY KEY (conversation, fault)
);
CREATE INDEX digest_faults_slot ON digest_faults (tenant, slot, fault, flags);
CREATE TABLE overrules (
  conversation TEXT NOT NULL,
  criterion TEXT NOT NULL,
  tenant TEXT NOT NULL,
  fault TEXT NOT NULL,
  score BIGINT NOT NULL,
  was BIGINT NOT NULL,
  who TEXT NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (conversation, criterion)
);
CREATE INDEX overrules_fault ON overrules (tenant, fault);
CREATE TABLE rubrics (
  tenant TEXT NOT NULL,
  version BIGINT NOT NULL,
  who TEXT NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (tenant, version)
);

-- +goose Down
DROP TABLE rubrics;
DROP TABLE overrules;
DROP TABLE digest_faults;
DROP TABLE digest_scores;
