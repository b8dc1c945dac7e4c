-- +goose Up
-- The outbox of webhooks: a row for each event that an endpoint is still to be told of,
-- or was not told of in the end. The event itself stays where it is. body is why not.
CREATE TABLE deliveries (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  conversation TEXT NOT NULL,
  seq BIGINT NOT NULL,
  type TEXT NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0,
  due BIGINT NOT NULL,
  created BIGINT NOT NULL,
  settled BIGINT NOT NULL DEFAULT 0,
  body TEXT NOT NULL DEFAULT ''
);
CREATE INDEX deliveries_due ON deliveries (endpoint, settled, due);
CREATE INDEX deliveries_conversation ON deliveries (conversation, endpoint, seq);
CREATE TABLE webhooks (
  tenant TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  delivered BIGINT NOT NULL DEFAULT 0,
  lost BIGINT NOT NULL DEFAULT 0,
  delivered_at BIGINT NOT NULL DEFAULT 0,
  failed_at BIGINT NOT NULL DEFAULT 0,
  off BIGINT NOT NULL DEFAULT 0,
  body TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (tenant, endpoint)
);

-- +goose Down
DROP TABLE webhooks;
DROP TABLE deliveries;
