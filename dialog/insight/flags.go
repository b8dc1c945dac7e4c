package insight

import "parley/dialog/store"

// What is so of a conversation, and of a transfer, as bits that the store counts by.
const (
	Over        int64 = 1 << iota // closed, asleep, or its last call has ended
	Held                          // a queue or a person has it
	Voice                         // a call was in it; of a transfer: it was of a call
	Phone                         // without a page of ours
	Practice                      // nobody's: a supervisor's exercise, or generated
	English                       //
	Chinese                       //
	Person                        // a person was asked for, or had it
	Answered                      // a person came
	Lost                          // the customer left while waiting for a person
	Failed                        // no person came
	Rated                         // by the customer
	Good                          // 4 or 5
	Confirmed                     // the customer said that the matter is settled
	Known                         // it is known who the customer is
	CameBack                      // the customer came back on the matter within 72 hours
	Again                         // it is such a return
	Angry                         // the customer was, at some time
	Replied                       // something was answered
	First                         // of a transfer: the customer waited, nobody had the conversation
	InTime                        // of a transfer: a person came within the target
	Counted                       // of a transfer: the service level counts it
	ChangedMind                   // of a transfer: the customer's own wish
	Running                       // of a transfer: it is under way

	// Settled is in no row: nothing has happened for longer than a return may take.
	Settled int64 = 1 << 40
)

// having is short for what must be set, and what must not.
func having(all, none int64) store.Having { return store.Having{All: all, None: none} }

// and joins two.
func and(a, b store.Having) store.Having {
	return store.Having{All: a.All | b.All, None: a.None | b.None}
}

// has reports whether flags are so.
func has(flags int64, h store.Having) bool { return flags&h.All == h.All && flags&h.None == 0 }
