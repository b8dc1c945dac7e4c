package desk

// Event is what happens to a transfer. The set is closed.
type Event interface{ event() }

type (
	// Begin puts a new transfer, or one from before a restart, into its queue.
	Begin struct{ Restart bool }
	// Routed says that a place of the person is reserved, and that the offer rings.
	Routed struct{ Agent, Offer string }
	// Accept and Decline are the person's answers.
	Accept  struct{ Agent string }
	Decline struct{ Agent string }
	// Gone says that a person's connection is gone and does not come back.
	Gone struct{ Agent string }
	// Unanswered is what a phone says of a person who cannot be had: Busy, Voicemail, NoAnswer.
	Unanswered struct {
		Agent  string
		Reason Reason
	}
	// Brief says that the briefing was heard to its end, or was skipped.
	Brief struct{ Agent string }
	// Join brings all three together; Complete lets the bot leave, or who hands on; Cancel
	// gives the customer back to whoever had it before.
	Join     struct{ Agent string }
	Complete struct{ Agent string }
	Cancel   struct{}
	// Taken says that somebody took the conversation over beside the queue.
	Taken struct{ Agent string }
	// NeverMind: the customer goes on with the bot.
	NeverMind struct{}
	// CustomerLeft: nobody is there any more for whom it would be.
	CustomerLeft struct{}
	// Staffed tells whether somebody is there who could come; Exhausted that all who are
	// have refused.
	Staffed struct{ On, Exhausted bool }
	// Overflow moves it to another queue.
	Overflow struct{ Queue string }
	// Place is where in the queue it stands, 1 is next.
	Place struct{ Position int }
	// OfferBack offers to call the customer back, who stands there.
	OfferBack struct{ Position int }
	// Kinded says that the customer has gone from chat to a call, or back.
	Kinded struct{ Kind Kind }
	// Broken: a call could not be moved, or something that it takes failed.
	Broken struct{}
	// Deadline looks whether the time has come.
	Deadline struct{}
)

func (Begin) event()        {}
func (Routed) event()       {}
func (Accept) event()       {}
func (Decline) event()      {}
func (Gone) event()         {}
func (Unanswered) event()   {}
func (Brief) event()        {}
func (Join) event()         {}
func (Complete) event()     {}
func (Cancel) event()       {}
func (Taken) event()        {}
func (NeverMind) event()    {}
func (CustomerLeft) event() {}
func (Staffed) event()      {}
func (Overflow) event()     {}
func (Place) event()        {}
func (OfferBack) event()    {}
func (Broken) event()       {}
func (Kinded) event()       {}
func (Deadline) event()     {}

// Effect is what is to be done, in order. The set is closed.
type Effect interface{ effect() }

type (
	// Wait puts the transfer among those that wait; Unwait takes it out.
	Wait   struct{}
	Unwait struct{}
	// Withdraw ends the ringing at a person; with Rest the person, who did not answer, is
	// set away.
	Withdraw struct {
		Agent, Offer string
		Reason       Reason
		Rest         bool
	}
	// Free gives a person's place back; Keep makes the reserved place theirs.
	Free struct{ Agent string }
	Keep struct{ Agent string }
	// Tell has the bot say something about it to the customer.
	Tell struct{ Line Line }
	// Move changes who hears whom in a call: see CallControl.
	Move struct {
		What  Movement
		Agent string
	}
)

func (Wait) effect()     {}
func (Unwait) effect()   {}
func (Withdraw) effect() {}
func (Free) effect()     {}
func (Keep) effect()     {}
func (Tell) effect()     {}
func (Move) effect()     {}

// Movement is of a call's parties.
type Movement string

// The movements.
const (
	HoldCustomer Movement = "hold"  // music, and now and then the bot
	BriefAgent   Movement = "brief" // the person hears the briefing, the customer is on hold
	JoinAll      Movement = "join"  // all who are there hear one another
	BackCustomer Movement = "back"  // the customer is on hold no more
	SeatAgent    Movement = "seat"  // the person is heard by those who are there, and nothing else changes
	DropAgent    Movement = "drop"  // the person's leg leaves the room
)

// Line is something the customer is told.
type Line string

// The lines.
const (
	LineWaiting  Line = "waiting"  // a person was asked for, this is the place
	LinePlace    Line = "place"    // the place now
	LineBack     Line = "back"     // the place now, and that a callback can be had
	LineNobody   Line = "nobody"   // nobody is there
	LineFailed   Line = "failed"   // nobody could come
	LineAgain    Line = "again"    // the person is gone, another one is being asked
	LineLost     Line = "lost"     // nothing is heard of the person any more
	LineReturned Line = "returned" // the bot is back
	LineWarned   Line = "warned"   // people are not spoken to like that
	LineReleased Line = "released" // the person has left for it, the bot is back
)
