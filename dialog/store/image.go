package store

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Image is a picture that a customer sent. Its bytes are blobs.
type Image struct {
	bun.BaseModel `bun:"table:images"`

	ID            string `bun:",pk"`
	Tenant        dialog.TenantID
	Conversation  dialog.ConversationID
	Message       dialog.TurnID
	Type          string // media type
	Width, Height int    // pixels
	Size          int    // bytes
	Seen          int64  // when it was read, or given up, Unix µs; 0: not yet
	At            int64  // Unix µs
}

// imagePrefix begins the id of every picture.
const imagePrefix = "img_"

// NewImageID gives one.
func NewImageID() string { return imagePrefix + rand.Text() }

// Blob is the name of the picture's blob.
func (i Image) Blob() string {
	if i.Type == "image/png" {
		return i.ID + ".png"
	}
	return i.ID + ".jpg"
}

// Thumb is the name of the blob of the small picture, a JPEG.
func (i Image) Thumb() string { return i.ID + "-t.jpg" }

// AddImages keeps what is known of a message's pictures; with the message, when ctx is
// that of its transaction.
func (s *Store) AddImages(ctx context.Context, images []Image) error {
	if len(images) == 0 {
		return nil
	}
	for i := range images {
		images[i].Tenant = dialog.DefaultTenant
		if images[i].At == 0 {
			images[i].At = micro(time.Now())
		}
	}
	_, err := s.in(ctx).NewInsert().Model(&images).Exec(ctx)
	return failure("images", err)
}

// ImageOf gives a picture of a conversation.
func (s *Store) ImageOf(ctx context.Context, id dialog.ConversationID, image string) (Image, error) {
	var i Image
	err := s.db.NewSelect().Model(&i).Where("id = ? AND conversation = ?", image, id).Scan(ctx)
	return i, failure("image", err)
}

// ImagesSeen notes that the pictures of a message have been read, or given up.
func (s *Store) ImagesSeen(ctx context.Context, message dialog.TurnID) error {
	_, err := s.in(ctx).NewUpdate().Model((*Image)(nil)).Set("seen = ?", micro(time.Now())).Where("message = ? AND seen = 0", message).Exec(ctx)
	return failure("image", err)
}

// UnseenImages gives the pictures that came after a time and have not been read, oldest
// first: the server went down before it did.
func (s *Store) UnseenImages(ctx context.Context, after time.Time) ([]Image, error) {
	var is []Image
	err := s.db.NewSelect().Model(&is).Where("seen = 0 AND at > ?", micro(after)).Order("at", "id").Limit(1000).Scan(ctx)
	return is, failure("images", err)
}

// SweepImages removes pictures that were written before a time and belong to no
// message: the server went down between the two.
func (s *Store) SweepImages(ctx context.Context, before time.Time) (n int, err error) {
	names, err := s.Blobs.Names(imagePrefix, before)
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		id, _, _ := strings.Cut(strings.TrimSuffix(name, "-t.jpg"), ".")
		kept, err := s.db.NewSelect().Model((*Image)(nil)).Where("id = ?", id).Exists(ctx)
		if err != nil {
			return n, failure("images", err)
		}
		if kept {
			continue
		}
		if err := s.Blobs.Delete(name); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
