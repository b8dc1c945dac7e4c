-- +goose Up
-- What conversations have changed in business systems, or are about to.
CREATE TABLE changes (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  conversation TEXT NOT NULL,
  key TEXT NOT NULL,
  tool TEXT NOT NULL,
  idempotent TEXT NOT NULL,
  language TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0,
  checks BIGINT NOT NULL DEFAULT 0,
  doubt BIGINT NOT NULL DEFAULT 0,
  owner TEXT NOT NULL DEFAULT '',
  lease BIGINT NOT NULL DEFAULT 0,
  due BIGINT NOT NULL,
  started BIGINT NOT NULL DEFAULT 0,
  settled BIGINT NOT NULL DEFAULT 0,
  told BIGINT NOT NULL DEFAULT 0,
  created BIGINT NOT NULL,
  body TEXT NOT NULL,
  result TEXT NOT NULL DEFAULT '',
  UNIQUE (tenant, key)
);
CREATE INDEX changes_due ON changes (settled, due);
CREATE INDEX changes_conversation ON changes (conversation, told);

-- +goose Down
DROP TABLE changes;
