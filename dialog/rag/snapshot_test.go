package rag

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math/rand/v2"
	"reflect"
	"testing"
)

func snapshotOf(t testing.TB, ix *Index, stamp string) []byte {
	var b bytes.Buffer
	if err := ix.WriteSnapshot(&b, stamp); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func is(stamp string) func(string) bool { return func(s string) bool { return s == stamp } }

func TestASnapshotFindsWhatItsIndexFinds(t *testing.T) {
	w := world{rand.New(rand.NewPCG(5, 5))}
	ix := New(many(w, 900)...)
	for i := range 40 { // slots with gaps
		if doc := w.text(1); i%2 == 0 {
			ix.PutPassages(doc, w.passages(doc))
		} else {
			ix.Remove(ix.slots[i*7].Document)
		}
	}
	read := New(Passage{ID: "gone", Text: "battery"})
	if err := read.ReadSnapshot(snapshotOf(t, ix, "7"), is("7")); err != nil {
		t.Fatal(err)
	}
	check := func(when string) {
		t.Helper()
		if ix.Len() != read.Len() {
			t.Fatalf("%s: %d passages, want %d", when, read.Len(), ix.Len())
		}
		for range 60 {
			q := w.query()
			if got, want := read.Search(q), ix.Search(q); !reflect.DeepEqual(brief(got), brief(want)) {
				t.Fatalf("%s: %+v\n%v\nwant\n%v", when, q, brief(got), brief(want))
			}
		}
	}
	check("as read")
	ps := w.passages("later")
	for _, x := range []*Index{ix, read} {
		x.PutPassages("later", ps)
		x.Remove("100")
	}
	check("changed later")
}

func TestOtherSnapshotsAreRefused(t *testing.T) {
	good := snapshotOf(t, New(many(world{rand.New(rand.NewPCG(5, 5))}, 20)...), "now")
	ix := New(Passage{ID: "kept", Text: "battery"})
	broken := bytes.Clone(good)
	broken[len(broken)/2] ^= 4
	next := bytes.Replace(good, []byte("index 2"), []byte("index 3"), 1)
	for name, c := range map[string]struct {
		bytes []byte
		stamp string
		want  error
	}{
		"stale":       {good, "later", ErrStale},
		"next format": {next, "now", ErrStale},
		"cut":         {good[:len(good)-3], "now", ErrSnapshot},
		"broken":      {broken, "now", ErrSnapshot},
		"empty":       {nil, "now", ErrSnapshot},
	} {
		if err := ix.ReadSnapshot(c.bytes, is(c.stamp)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if len(ix.Search(Query{Text: "battery"})) != 1 {
			t.Fatalf("%s: the content is lost", name)
		}
	}
}

// Whatever a file holds, with a right sum too, it is read or refused, and what was read can be searched.
func FuzzReadSnapshot(f *testing.F) {
	head := len(snapshotFormat) + 4
	f.Add(snapshotOf(f, New(many(world{rand.New(rand.NewPCG(5, 5))}, 6)...), "")[head:])
	f.Add(snapshotOf(f, New(), "")[head:])
	f.Fuzz(func(t *testing.T, body []byte) {
		b := binary.LittleEndian.AppendUint32([]byte(snapshotFormat), crc32.Checksum(body, crcTable))
		ix := New()
		if ix.ReadSnapshot(append(b, body...), is("")) != nil {
			return
		}
		ix.Search(Query{Text: "battery 耳机退货", History: []Turn{{"user", "charger"}}})
		for d := range ix.documents {
			ix.Remove(d)
			break
		}
		ix.Search(Query{Text: "battery 耳机退货"})
	})
}
