package rag

import (
	"cmp"
	"slices"
	"time"
)

// rankFloor is what a rank counts from when orders are joined: the first places of
// one order do not outweigh agreement of both.
const rankFloor = 60

// searchNear joins the order by words with that by vectors.
func (ix *Index) searchNear(q Query, by []near) []Hit {
	if q.K <= 0 {
		q.K = 10
	}
	if q.Now.IsZero() {
		q.Now = time.Now()
	}
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	k := q.K
	q.K = max(k, fused)
	ix.find(s, &q)
	joined, cosines := map[uint32]float64{}, map[uint32]float64{}
	for i, f := range s.found {
		joined[f.slot] += 1 / float64(rankFloor+i)
	}
	rank := 0
	for _, n := range by {
		// Since the vectors were compared the passage may have gone.
		if int(n.slot) >= len(ix.slots) || ix.slots[n.slot] != n.passage || !n.passage.holds(q.Audience, q.Now) {
			continue
		}
		joined[n.slot] += 1 / float64(rankFloor+rank)
		cosines[n.slot] = float64(n.cosine)
		rank++
	}
	s.found = s.found[:0]
	for at := range joined {
		s.found = append(s.found, found{at, s.exact(at, &ix.shapes[at])})
	}
	slices.SortFunc(s.found, func(a, b found) int {
		return cmp.Or(cmp.Compare(joined[b.slot], joined[a.slot]), cmp.Compare(b.score, a.score), ix.slots[a.slot].compare(ix.slots[b.slot]))
	})
	s.found = s.found[:min(k, len(s.found))]
	hits := ix.hits(s, &q)
	for i, f := range s.found {
		hits[i].Score, hits[i].Cosine = joined[f.slot], cosines[f.slot]
	}
	return hits
}
