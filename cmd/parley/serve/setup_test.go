package serve

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"parley/asr/asrtest"
	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/llm/llmtest"
	"parley/dialog/store"
)

// What is set on the page holds from the next turn on, every version can come back, and
// the file's settings too.
func TestBotSettingsHoldWithoutARestart(t *testing.T) {
	t.Parallel()
	x := up(t, func(c *config.Config) { c.Bot.Name = "Filey" })
	admin := x.admin()
	var seen struct {
		Version  int64
		Source   string
		Settings store.BotSettings
	}
	x.do("GET", "/v1/bot", admin, "").json(t, &seen)
	if seen.Version != 0 || seen.Source != "file" || seen.Settings.Name != "Filey" || seen.Settings.Company != demoCompany {
		t.Fatalf("%+v", seen)
	}
	put := func(body string) answer { return x.do("PUT", "/v1/bot", admin, body) }
	if a := put(`{"settings":{"name":"Pagey","company":"Acme","languages":["en","zh-CN"],"persona":"like a pirate","handoff":{"failures":3}}}`); a.code != 200 {
		t.Fatal(a)
	}
	var can struct {
		Company   string
		Languages []struct{ Tag string }
	}
	x.do("GET", "/v1/capabilities", "", "").json(t, &can)
	if can.Company != "Acme" || len(can.Languages) != 2 {
		t.Errorf("%+v", can)
	}
	x.live.mu.Lock()
	h := x.live.handoff
	x.live.mu.Unlock()
	if h.Failures != 3 {
		t.Errorf("%+v", h)
	}
	for name, bad := range map[string]string{
		"no language":  `{"settings":{"languages":["english please"]}}`,
		"no zone":      `{"settings":{"hours":{"zone":"Atlantis","open":{}}}}`,
		"no days":      `{"settings":{"hours":{"zone":"UTC","open":{"funday":"09:00-18:00"}}}}`,
		"before it":    `{"settings":{"hours":{"zone":"UTC","open":{"mon":"18:00-09:00"}}}}`,
		"an unknown":   `{"settings":{"colour":"red"}}`,
		"an empty one": `{"settings":{"rules":[" "]}}`,
	} {
		if a := put(bad); a.code != 422 {
			t.Errorf("%s: %d %s", name, a.code, a.body)
		}
	}
	if a := x.do("POST", "/v1/bot/restore", admin, `{"version":0}`); a.code != 200 {
		t.Fatal(a)
	}
	x.do("GET", "/v1/capabilities", "", "").json(t, &can)
	if can.Company != demoCompany {
		t.Errorf("%+v", can)
	}
	var list struct {
		Items []struct {
			Version int64
			Source  string
			Current bool
			By      string
		}
	}
	x.do("GET", "/v1/bot/versions", admin, "").json(t, &list)
	if len(list.Items) != 3 || list.Items[0].Version != 2 || !list.Items[0].Current || list.Items[0].Source != "file" || list.Items[1].Source != "page" || list.Items[1].By == "" || list.Items[2].Version != 0 {
		t.Errorf("%+v", list)
	}
	k := x.converse()
	if a := x.do("GET", "/v1/bot", k.Token, ""); a.code != 403 {
		t.Error("a customer reads the settings:", a.code)
	}
}

type shownEngines struct {
	Roles map[string][]struct {
		ID, Engine, URL string
		KeySet          bool `json:"key_set"`
	}
	Sources map[string]struct{ Source string }
}

// Engines are set, serve the next turn, keep their keys to themselves and to their host,
// and go back to the file's.
func TestEnginesAreSetWithoutARestart(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	other := llmtest.NewServer(llmtest.Script{Reply: func([]llmtest.Message) string { return "Answered by the other model." }})
	t.Cleanup(other.Close)
	admin := x.admin()
	var e shownEngines
	a := x.do("GET", "/v1/engines", admin, "")
	a.json(t, &e)
	if len(e.Roles["llm"]) != 2 || !e.Roles["llm"][0].KeySet || e.Roles["llm"][1].Engine != "offline" || e.Sources["llm"].Source != "file" || len(e.Roles["vision"]) != 1 {
		t.Fatalf("%+v", e)
	}
	id := e.Roles["llm"][0].ID
	if a := x.do("PUT", "/v1/engines/llm", admin, fmt.Sprintf(`[{"id":%q,"engine":"openai","url":%q,"model":"m"}]`, id, other.URL)); a.code != 422 || !strings.Contains(a.body, "give the key again") {
		t.Error("a kept key would go to another host:", a.code, a.body)
	}
	a = x.do("PUT", "/v1/engines/llm", admin, fmt.Sprintf(`[{"engine":"openai","url":%q,"model":"m","key":"sk-secret-1"},{"engine":"offline"}]`, other.URL))
	a.json(t, &e)
	if a.code != 200 || strings.Contains(a.body, "sk-secret") || e.Sources["llm"].Source != "page" || !e.Roles["llm"][0].KeySet {
		t.Fatal(a)
	}
	if got := x.live.config().LLM; len(got) != 2 || got[0].Key != "sk-secret-1" || got[0].URL != other.URL {
		t.Fatalf("%+v", got)
	}
	// The key stays when the model changes, for the host is the same.
	x.do("PUT", "/v1/engines/llm", admin, fmt.Sprintf(`[{"id":%q,"engine":"openai","url":%q,"model":"m2"}]`, e.Roles["llm"][0].ID, other.URL)).json(t, &e)
	if got := x.live.config().LLM; len(got) != 1 || got[0].Key != "sk-secret-1" || got[0].Model != "m2" {
		t.Errorf("%+v", got)
	}
	k := x.converse()
	w := x.watch(k, 0)
	x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, `{"text":"How long does delivery take?"}`)
	w.says(dialog.Bot, "")
	if len(other.Requests()) == 0 || len(x.model.Requests()) != 0 {
		t.Error("the file's model was asked")
	}
	for _, bad := range []string{`[{"engine":"magic"}]`, `[{"engine":"openai","url":"ftp://x"}]`, `{}`} {
		if a := x.do("PUT", "/v1/engines/llm", admin, bad); a.code != 422 {
			t.Error(bad, a.code, a.body)
		}
	}
	x.do("DELETE", "/v1/engines/llm", admin, "").json(t, &e)
	if e.Sources["llm"].Source != "file" || x.live.config().LLM[0].URL != x.model.URL {
		t.Errorf("%+v", e)
	}
	trail := x.do("GET", "/v1/audit?what=engines.", admin, "", "Accept", "text/csv")
	if lines := strings.Split(strings.TrimSpace(trail.body), "\r\n"); len(lines) != 4 || !strings.Contains(lines[1], "engines.reset") || strings.Contains(trail.body, "sk-secret") {
		t.Error(trail.body)
	}
}

// A model that is set on the page writes phrasings too.
func TestTheModelOfNowWritesPhrasings(t *testing.T) {
	t.Parallel()
	x := up(t, func(c *config.Config) { c.LLM = nil })
	if x.writer() != nil {
		t.Error("somebody writes, and there is no model")
	}
	if a := x.do("PUT", "/v1/engines/llm", x.admin(), fmt.Sprintf(`[{"engine":"openai","url":%q,"key":"k","model":"m"}]`, x.model.URL)); a.code != 200 {
		t.Fatal(a)
	}
	if x.writer() == nil {
		t.Error("nobody writes")
	}
}

// Every role is tried before it is set; what does not work says why, without its key.
func TestEnginesAreTried(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	admin := x.admin()
	type tried struct {
		OK           bool
		Text, Detail string
		Audio        []byte
		FirstMS      int64 `json:"first_ms"`
	}
	try := func(role, body string, headers ...string) (r tried) {
		a := x.do("POST", "/v1/engines/"+role+"/test", admin, body, headers...)
		if a.code != http.StatusOK {
			t.Fatal(role, a.code, a.body)
		}
		lines := strings.Split(strings.TrimSpace(a.body), "\n")
		if err := json.Unmarshal([]byte(lines[len(lines)-1]), &r); err != nil {
			t.Fatal(err)
		}
		if len(headers) > 0 && (len(lines) < 2 || !strings.Contains(lines[0], "piece")) {
			t.Error("not told as it was made:", a.body)
		}
		return r
	}
	m := fmt.Sprintf(`"engine":"openai","url":%q,"key":"sk-x","model":"m"`, x.model.URL)
	if r := try("llm", `{`+m+`,"text":"hello"}`, "Accept", "application/x-ndjson"); !r.OK || r.Text != "Standard delivery takes 2 to 4 working days." || r.FirstMS == 0 {
		t.Errorf("%+v", r)
	}
	if r := try("llm", `{"engine":"offline","text":"hello"}`); !r.OK || r.Detail == "" {
		t.Errorf("%+v", r)
	}
	if r := try("llm", `{"engine":"openai","url":"http://127.0.0.1:1/v1","key":"sk-secret-9","model":"m","text":"hello"}`); r.OK || r.Detail == "" || strings.Contains(r.Detail, "sk-secret-9") {
		t.Errorf("%+v", r)
	}
	said := try("tts", fmt.Sprintf(`{"engine":"openai","url":%q,"key":"k","model":"m","voice":"v","text":"Good morning."}`, x.voice.URL))
	if pcm, err := fromWAV(said.Audio); !said.OK || err != nil || len(pcm) < 1600 {
		t.Fatalf("%+v %v", said.Detail, err)
	}
	ear := asrtest.NewVosk(asrtest.Script{Text: "good morning"})
	t.Cleanup(ear.Close)
	sound := base64.StdEncoding.EncodeToString(said.Audio)
	if r := try("asr", fmt.Sprintf(`{"engine":"vosk","url":%q,"audio":%q}`, ear.URL, sound)); !r.OK || r.Text != "good morning" {
		t.Errorf("%+v", r)
	}
	if r := try("asr", fmt.Sprintf(`{"engine":"vosk","url":%q,"audio":"AAAA"}`, ear.URL)); r.OK || !strings.Contains(r.Detail, "WAV") {
		t.Errorf("%+v", r)
	}
	shot := base64.StdEncoding.EncodeToString(page(t, "order.png"))
	if r := try("vision", fmt.Sprintf(`{"engine":"tesseract","image":%q}`, shot)); !r.OK || !strings.Contains(r.Text, "Order number: 204815") || !strings.Contains(r.Detail, "order 204815") {
		t.Errorf("%+v", r)
	}
	if r := try("vision", `{"engine":"tesseract","image":"AAAA"}`); r.OK || !strings.Contains(r.Detail, "JPEG") {
		t.Errorf("%+v", r)
	}
	refused(t, "a customer", x.do("POST", "/v1/engines/llm/test", x.converse().Token, `{"engine":"offline"}`), 403)
}

// Administrators keep the staff; each learns who they are, and leaves.
func TestStaffIsKeptByAdmins(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	admin := x.admin()
	var u struct{ ID, Role, Email string }
	a := x.do("POST", "/v1/users", admin, `{"email":"new@local","name":"New","role":"supervisor","password":"long enough","skills":["billing"]}`)
	a.json(t, &u)
	if a.code != http.StatusCreated || strings.Contains(a.body, "password") {
		t.Fatal(a)
	}
	if a := x.do("POST", "/v1/users", admin, `{"email":"new@local","role":"agent","password":"long enough"}`); a.code != 409 {
		t.Error(a)
	}
	token := x.staff("new@local", "long enough")
	var me struct{ ID, Email, Role string }
	x.do("GET", "/v1/me", token, "").json(t, &me)
	if me.ID != u.ID || me.Role != "supervisor" {
		t.Errorf("%+v", me)
	}
	for path, code := range map[string]int{"/v1/users": 403, "/v1/engines": 403, "/v1/audit": 200, "/v1/bot": 200} {
		if a := x.do("GET", path, token, ""); a.code != code {
			t.Error(path, a.code)
		}
	}
	if a := x.do("PATCH", "/v1/users/"+u.ID, admin, `{"role":"agent"}`); a.code != 200 {
		t.Error(a)
	}
	if a := x.do("GET", "/v1/audit", token, ""); a.code != 403 {
		t.Error("the old role still holds:", a.code)
	}
	var self struct{ ID string }
	x.do("GET", "/v1/me", admin, "").json(t, &self)
	if a := x.do("DELETE", "/v1/users/"+self.ID, admin, ""); a.code != 409 {
		t.Error("removed themselves:", a.code)
	}
	if a := x.do("POST", "/v1/logout", token, ""); a.code != 204 || !strings.Contains(a.head.Get("Set-Cookie"), "Max-Age=0") {
		t.Error(a)
	}
	if a := x.do("GET", "/v1/me", token, ""); a.code != 401 {
		t.Error("signed out and still in:", a.code)
	}
	if a := x.do("DELETE", "/v1/users/"+u.ID, admin, ""); a.code != 204 {
		t.Error(a)
	}
	if a := x.do("GET", "/v1/audit?what=user.", admin, ""); strings.Count(a.body, `"what":"user.`) != 3 {
		t.Error(a.body)
	}
}

// Sound from outside may be anything.
func FuzzFromWAV(f *testing.F) {
	f.Add(toWAV([]int16{1, -2, 3}))
	f.Add(toWAV(nil))
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVEfmt \xff\xff\xff\xff"))
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVELIST\xff\xff\xff\xffabc"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if pcm, err := fromWAV(b); err == nil && (len(pcm) == 0 || len(pcm) > mostSamples) {
			t.Error(len(pcm))
		}
	})
}
