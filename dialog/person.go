package dialog

// Person names a customer who was shown to be one: an id, and whose it is. The same id of
// a site and of the business systems may be two people.
type Person struct{ Space, ID string }

// Systems is the space of the ids of the company's business systems.
const Systems = "systems"

// SiteSpace is the space of the ids that a site signs.
func SiteSpace(site string) string { return "site:" + site }
