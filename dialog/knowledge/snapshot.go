package knowledge

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"parley/dialog/rag"
	"parley/dialog/store"
)

// SnapshotFile is the name of the file in a data folder that the index is kept in, so that
// a start need not build it. It holds text of documents, and no other than the index does:
// when some is replaced or removed the file goes at once, and another is written later.
const SnapshotFile = "knowledge.snapshot"

// partial ends the name of one in the making.
const partial = ".part"

// snapshots is an index that can be kept; *rag.Index is one.
type snapshots interface {
	Replace(ps []rag.Passage)
	Freeze() *rag.Frozen
	ReadSnapshot(b []byte, fits func(stamp string) bool) error
}

var _ snapshots = (*rag.Index)(nil)

// DropSnapshot removes the file of a data folder, for who changes documents beside a server
// that may not be running.
func DropSnapshot(folder string) error {
	for _, name := range []string{SnapshotFile + partial, SnapshotFile} {
		if err := os.Remove(filepath.Join(folder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// recall fills the index from the snapshot; false: there is none that fits.
func (s *Service) recall(ctx context.Context) bool {
	ix, ok := s.o.Index.(snapshots)
	if !ok || s.o.Snapshot == "" {
		return false
	}
	b, err := os.ReadFile(filepath.Join(s.o.Snapshot, SnapshotFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	var kept map[string]state
	if err == nil {
		err = ix.ReadSnapshot(b, func(stamp string) bool { kept = s.unstamp(stamp); return kept != nil })
	}
	if err == nil {
		err = s.reconcile(ctx, kept)
	}
	if err != nil {
		s.o.Logger.Warn("the knowledge is indexed anew", "snapshot", err)
		s.dropSnapshot()
		return false
	}
	return true
}

// reconcile makes Look go on after what the snapshot has, and removes what is not there any
// more. What counts is each document's own change: the store may be another than it was.
func (s *Service) reconcile(ctx context.Context, kept map[string]state) error {
	now, err := s.o.Store.Marks(ctx)
	if err != nil {
		return err
	}
	last, first := int64(0), int64(-1) // change of all, of those that differ
	for id, mark := range now {
		last = max(last, mark.Change)
		k, had := kept[id]
		if had == !s.o.Hide(id) && (!had || k.mark == mark) {
			continue
		}
		if first < 0 || mark.Change < first {
			first = mark.Change
		}
	}
	for id := range kept {
		if _, ok := now[id]; !ok {
			s.o.Index.Remove(id)
			delete(kept, id)
			s.dropSnapshot()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.applied, s.last = kept, last
	if first >= 0 {
		s.last = first - 1
	}
	return nil
}

// stamp is what of the store the index has, and the program that made it.
func (s *Service) stamp() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b []byte
	text := func(t string) { b = append(binary.AppendUvarint(b, uint64(len(t))), t...) }
	text(s.o.Program)
	for id, x := range s.applied {
		text(id)
		for _, n := range []int64{x.mark.Change, x.mark.Updated, int64(x.passages)} {
			b = binary.AppendUvarint(b, uint64(n))
		}
	}
	return string(b)
}

// unstamp reads it again; nil: it is of another program, or none.
func (s *Service) unstamp(stamp string) map[string]state {
	in := strings.NewReader(stamp)
	text := func() string {
		n, err := binary.ReadUvarint(in)
		if err != nil || n > uint64(in.Len()) {
			return ""
		}
		at := len(stamp) - in.Len()
		_, _ = in.Seek(int64(n), 1)
		return stamp[at : at+int(n)]
	}
	if text() != s.o.Program {
		return nil
	}
	out := map[string]state{}
	for in.Len() > 0 {
		id := text()
		change, err1 := binary.ReadUvarint(in)
		updated, err2 := binary.ReadUvarint(in)
		passages, err3 := binary.ReadUvarint(in)
		if id == "" || err1 != nil || err2 != nil || err3 != nil {
			return nil
		}
		out[id] = state{mark: store.Mark{Change: int64(change), Updated: int64(updated)}, passages: int(passages)}
	}
	return out
}

// dropSnapshot removes the snapshot, whose text the index has not any more.
func (s *Service) dropSnapshot() {
	if s.o.Snapshot == "" {
		return
	}
	s.file.Lock()
	defer s.file.Unlock()
	s.drops++
	if err := DropSnapshot(s.o.Snapshot); err != nil {
		s.o.Logger.Error("the snapshot of the knowledge stays although text of it is gone", "err", err)
	}
}

// changed says that a snapshot is to be written.
func (s *Service) changed() {
	select {
	case s.dirty <- struct{}{}:
	default:
	}
}

// keepSnapshots writes a snapshot when nothing has changed for a while, and a last one at the end.
func (s *Service) keepSnapshots(ix snapshots) {
	for {
		select {
		case <-s.dirty:
		case <-s.ctx.Done():
			select {
			case <-s.dirty:
				s.writeSnapshot(ix)
			default:
			}
			return
		}
		for quiet := false; !quiet; {
			select {
			case <-s.dirty:
			case <-s.ctx.Done():
				quiet = true
			case <-time.After(s.o.Settle):
				quiet = true
			}
		}
		began := time.Now()
		s.writeSnapshot(ix)
		select { // writing takes no more than a small part of the time
		case <-s.ctx.Done():
		case <-time.After(20 * time.Since(began)):
		}
	}
}

// writeSnapshot writes a snapshot in place of the last, unless text of it went meanwhile.
func (s *Service) writeSnapshot(ix snapshots) {
	s.looking.Lock()
	s.file.Lock()
	drops := s.drops
	s.file.Unlock()
	frozen, stamp := ix.Freeze(), s.stamp()
	s.looking.Unlock()
	began := time.Now()
	err := s.replace(drops, func(w *bufio.Writer) error { return frozen.Write(w, stamp) })
	if err != nil {
		s.o.Logger.Warn("no snapshot of the knowledge", "err", err)
		return
	}
	s.o.Logger.Debug("snapshot of the knowledge", "ms", time.Since(began).Milliseconds())
}

func (s *Service) replace(drops int, content func(w *bufio.Writer) error) error {
	// One name: what a crash leaves of it is written over, or dropped with the snapshot.
	f, err := os.OpenFile(filepath.Join(s.o.Snapshot, SnapshotFile+partial), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	w := bufio.NewWriterSize(f, 1<<20)
	if err = content(w); err == nil {
		err = w.Flush()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	s.file.Lock()
	defer s.file.Unlock()
	if s.drops != drops {
		return nil // the change that dropped it has another written
	}
	return os.Rename(f.Name(), filepath.Join(s.o.Snapshot, SnapshotFile))
}
