package store_test

import (
	"os"
	"sync"
	"testing"

	"parley/dialog/pgtest"
)

// server is one PostgreSQL for all tests.
var server struct {
	once sync.Once
	err  error
	*pgtest.Server
}

func TestMain(m *testing.M) {
	code := m.Run()
	if server.Server != nil {
		server.Stop()
	}
	os.Exit(code)
}

// postgres gives the URL of a fresh database.
func postgres(t *testing.T) string {
	t.Helper()
	server.once.Do(func() { server.Server, server.err = pgtest.Run() })
	if server.err != nil {
		t.Fatal(server.err)
	}
	return server.Database(t)
}
