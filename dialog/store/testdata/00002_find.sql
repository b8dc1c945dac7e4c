-- +goose Up
-- What is looked for often, or swept.
CREATE INDEX calls_live ON calls (id) WHERE ended = 0;
CREATE INDEX calls_recorded ON calls (ended) WHERE recording <> '';
CREATE INDEX conversations_open_turn ON conversations (id) WHERE open_turn <> '';
CREATE INDEX sessions_expires ON sessions (expires);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX idempotency_created ON idempotency (created);
CREATE INDEX documents_updated ON documents (tenant, updated);
CREATE INDEX gaps_at ON gaps (tenant, at);
CREATE INDEX audit_at ON audit (tenant, at, id);

-- +goose Down
DROP INDEX audit_at;
DROP INDEX gaps_at;
DROP INDEX documents_updated;
DROP INDEX idempotency_created;
DROP INDEX sessions_user;
DROP INDEX sessions_expires;
DROP INDEX conversations_open_turn;
DROP INDEX calls_recorded;
DROP INDEX calls_live;
