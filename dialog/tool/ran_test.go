package tool_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"testing/synctest"

	"parley/dialog"
	"parley/dialog/store"
	"parley/dialog/tool"
	"parley/dialog/tool/tooltest"
)

// ran are the records that a conversation's changes have left.
func (r *rig) ran(id dialog.ConversationID) (out []dialog.RunData) {
	r.Helper()
	rs, err := r.store.Since(r.Context(), id, 0, 100)
	if err != nil {
		r.Fatal(err)
	}
	for _, x := range rs {
		if x.Type != dialog.ToolRan {
			continue
		}
		var d dialog.RunData
		if err := json.Unmarshal(x.Data, &d); err != nil {
			r.Fatal(err)
		}
		out = append(out, d)
	}
	return out
}

func TestAChangeIsRecordedOnceItHasSettled(t *testing.T) {
	for _, c := range []struct {
		tool string
		mood tooltest.Mood
		want dialog.RunState
	}{{"book", tooltest.Fine, dialog.RunOK}, {"book", tooltest.Refusing, dialog.RunRefused}, {"book", tooltest.Down, dialog.RunFailed}, {"send", tooltest.Silent, dialog.RunUnknown}} {
		t.Run(string(c.want), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, moods(c.mood))
				defer r.close()
				id, _, err := r.store.Create(t.Context(), store.NewConversation{})
				if err != nil {
					t.Fatal(err)
				}
				q := request(c.tool, "1")
				q.User.Conversation = id
				for range 2 { // the same key again is the same change
					if _, err := r.out.Change(t.Context(), q); err != nil {
						t.Fatal(err)
					}
				}
				ds := r.ran(id)
				if len(ds) != 1 || ds[0].State != c.want || ds[0].Tool != c.tool || ds[0].Effect != "change" || ds[0].At.IsZero() || !reflect.DeepEqual(ds[0].Args, map[string]any{"number": "1"}) {
					t.Errorf("%+v", ds)
				}
			})
		})
	}
}

// forgetful cannot write down what became of a change.
type forgetful struct{ tool.Journal }

func (forgetful) KeepChange(context.Context, store.Change, string, int64, ...dialog.Record) ([]dialog.Record, bool, error) {
	return nil, false, errors.New("the disk is full")
}

func TestAChangeThatIsFoundAfterACrashIsRecordedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, moods(tooltest.Fine))
		defer r.close()
		id, _, err := r.store.Create(t.Context(), store.NewConversation{})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.out.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		dying := tool.NewOutbox(tool.OutboxOptions{Box: r.box, Journal: forgetful{r.store}, Alone: true})
		if err := dying.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		q := request("book", "1")
		q.User.Conversation = id
		if err := dying.Put(t.Context(), q); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if err := dying.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := r.sys.Runs("1"); n != 1 || len(r.ran(id)) != 0 {
			t.Fatalf("run %d times, %+v", n, r.ran(id))
		}
		r.start()
		if o, err := r.out.Change(t.Context(), q); err != nil || o.State != tool.Done {
			t.Fatal(o, err)
		}
		if ds := r.ran(id); len(ds) != 1 || ds[0].State != dialog.RunOK {
			t.Errorf("%+v", ds)
		}
	})
}

func TestWhatARecordShowsOfArguments(t *testing.T) {
	b := tool.NewBox(tool.Options{})
	schema := json.RawMessage(`{"type":"object","$defs":{"pin":{"type":"string","writeOnly":true}},"properties":{
		"order":{"type":"string"},"pin":{"$ref":"#/$defs/pin"},"login":{"type":"object","properties":{"name":{"type":"string"},"password":{"type":"string","format":"password"}}},
		"codes":{"type":"array","items":{"anyOf":[{"$ref":"#/$defs/pin"}]}},"note":{"type":"string"},"number":{"type":"integer"},"who":{"type":"string"}}}`)
	err := b.Add(&tooltest.Tool{S: tool.Spec{Name: "look", Title: tool.Text{"en": "Orders", "zh": "订单"}, Effect: tool.Reads, Schema: schema, Fill: map[string]string{"who": "customer"}},
		F: func(_ context.Context, c tool.Call) (tool.Result, error) {
			if c.Args["pin"] != "1234" || c.Args["who"] != "cus_1" {
				return tool.Result{}, tool.ErrUnsent
			}
			return tool.Result{Data: map[string]any{"ok": true}}, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, runs := tool.Noting(t.Context())
	args := map[string]any{"order": "204815", "pin": "1234", "login": map[string]any{"name": "Lee", "password": "geheim"}, "codes": []any{"7", "8"},
		"note": "my card is 4111 1111 1111 1111", "number": 4111111111111111}
	if _, err := b.Read(ctx, tool.User{Role: tool.Customer, Customer: "cus_1"}, "look", args); err != nil {
		t.Fatal(err)
	}
	ds := runs.Take()
	want := map[string]any{"order": "204815", "pin": "[hidden]", "login": map[string]any{"name": "Lee", "password": "[hidden]"}, "codes": []any{"[hidden]", "[hidden]"},
		"note": "my card is [card data]", "number": "[card data]"}
	if len(ds) != 1 || !reflect.DeepEqual(ds[0].Args, want) || ds[0].Title["zh"] != "订单" || ds[0].Effect != "read" || ds[0].State != dialog.RunOK || len(runs.Take()) != 0 {
		t.Errorf("%+v", ds)
	}
	if args["pin"] != "1234" {
		t.Error("the caller's arguments were changed")
	}
	args["pin"] = "1"
	if _, err := b.Read(ctx, tool.User{Role: tool.Customer, Customer: "cus_1"}, "look", args); err == nil {
		t.Fatal("no error")
	}
	if ds := runs.Take(); len(ds) != 1 || ds[0].State != dialog.RunFailed {
		t.Errorf("%+v", ds)
	}
}
