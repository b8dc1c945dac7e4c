-- +goose Up
-- Pictures that customers sent. They are blobs: id.jpg or id.png, and id-t.jpg, the small one.
CREATE TABLE images (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  conversation TEXT NOT NULL,
  message TEXT NOT NULL,
  type TEXT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  size BIGINT NOT NULL,
  seen BIGINT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX images_conversation ON images (conversation);
CREATE INDEX images_unseen ON images (seen, at);

-- +goose Down
DROP TABLE images;
