-- +goose Up
-- What is set on the page: the bot's settings with every version, engines by role (their
-- keys sealed), and what the staff can do.
CREATE TABLE bot_versions (
  tenant TEXT NOT NULL,
  version BIGINT NOT NULL,
  at BIGINT NOT NULL,
  who TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant, version)
);
CREATE TABLE engine_roles (
  tenant TEXT NOT NULL,
  role TEXT NOT NULL,
  at BIGINT NOT NULL,
  who TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant, role)
);
ALTER TABLE users ADD COLUMN queues TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN skills TEXT NOT NULL DEFAULT '';
CREATE INDEX audit_recent ON audit (tenant, at);

-- +goose Down
DROP INDEX audit_recent;
ALTER TABLE users DROP COLUMN skills;
ALTER TABLE users DROP COLUMN queues;
DROP TABLE engine_roles;
DROP TABLE bot_versions;
