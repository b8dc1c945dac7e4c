-- +goose Up
-- Links with which somebody on a phone sends pictures into one conversation. token is hashed.
CREATE TABLE links (
  token TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  conversation TEXT NOT NULL,
  call TEXT NOT NULL,
  language TEXT NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  used BIGINT NOT NULL
);
CREATE INDEX links_conversation ON links (conversation);
CREATE INDEX links_call ON links (call);
CREATE INDEX links_expires ON links (expires);

-- +goose Down
DROP TABLE links;
