-- +goose Up
-- What a model said of how well conversations went. A row without grades is one that was
-- asked for: it counts against the day's budget, and nobody asks a second time.
CREATE TABLE judgements (
  conversation TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  turns BIGINT NOT NULL,
  model TEXT NOT NULL DEFAULT '',
  body TEXT NOT NULL DEFAULT '',
  at BIGINT NOT NULL
);
CREATE INDEX judgements_at ON judgements (tenant, at);

-- +goose Down
DROP TABLE judgements;
