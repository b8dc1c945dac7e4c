// Package delivery is a test: the pages' own client sends through a bad network, and nothing
// is lost, doubled or out of order.
package delivery
