-- +goose Up
-- Attempts that are limited in a conversation, whatever became of the replies to them; and
-- who was shown to be speaking in it. A customer's id is a site's or the business systems':
-- the same id of both may be two people.
CREATE TABLE attempts (
  conversation TEXT NOT NULL,
  kind TEXT NOT NULL,
  n BIGINT NOT NULL,
  PRIMARY KEY (conversation, kind)
);
CREATE TABLE identified (
  tenant TEXT NOT NULL,
  space TEXT NOT NULL,
  customer TEXT NOT NULL,
  conversation TEXT NOT NULL,
  PRIMARY KEY (tenant, space, customer, conversation)
);
CREATE INDEX identified_conversation ON identified (conversation);

-- +goose Down
DROP TABLE identified;
DROP TABLE attempts;
