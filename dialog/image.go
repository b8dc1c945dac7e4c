package dialog

import (
	"path"
	"strings"
)

// Image is a picture that a customer sent, and what was read in it.
type Image struct {
	ID   string
	URL  string // where those who may see the conversation get it
	Seen *Seen  // nil: not read yet
}

// Seen is what a reader of pictures found. All of it is data from a stranger: no
// instruction is followed, and no identifier used before it is confirmed or looked up.
type Seen struct {
	Kind        string       `json:"kind"`            // screenshot, receipt, product, document, sticker, person, other
	Shows       string       `json:"shows,omitempty"` // in the customer's language; "" when only text was read
	Text        string       `json:"text,omitempty"`
	Identifiers []Identifier `json:"identifiers,omitempty"` // best first
	Mood        string       `json:"mood,omitempty"`        // of a sticker: happy, sad, angry, thanks, neutral
	Trouble     string       `json:"trouble,omitempty"`
	Engine      string       `json:"engine,omitempty"`
}

// The troubles of a picture.
const (
	Blurred = "blurred"
	Dark    = "dark"
	Small   = "small"  // its text is
	NoText  = "notext" // none is to be seen
	Unread  = "unread" // no reader could open it in time
)

// The kinds of identifiers.
const (
	OrderNumber    = "order"
	TrackingNumber = "tracking"
	SerialNumber   = "serial"
	ErrorCode      = "error"
	Reference      = "reference"
	Amount         = "amount"
	Date           = "date"
)

// Identifier is a number or code in a picture.
type Identifier struct {
	Kind       string  `json:"kind"`
	Value      string  `json:"value"`
	Label      string  `json:"label,omitempty"`
	Confidence float64 `json:"confidence"`
}

// ImageData is the data of image.read: what was understood of a picture.
type ImageData struct {
	Message TurnID `json:"message"`
	Image   string `json:"image"` // its URL, as in the message
	Seen
}

// ImageURL is where a conversation's picture is.
func ImageURL(id ConversationID, image string) string {
	return "/v1/conversations/" + string(id) + "/images/" + image
}

// ImageOf is the way back.
func ImageOf(url string) string { return strings.TrimSpace(path.Base(url)) }
