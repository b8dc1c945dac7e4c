package quality

import (
	"strings"
	"testing"

	"parley/dialog/insight"
)

// The rules find nine of ten planted faults, and see few where there are none.
func TestTheRulesFindWhatIsPlanted(t *testing.T) {
	ts, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	r := Measure(ts, Rubric())
	for _, g := range r.Groups {
		t.Logf("%s %s: %d conversations, %.1f %% of %d found, %.1f false alarms for 100", g.Name, g.Language, g.Talks, g.FoundShare(), g.Planted, g.AlarmShare())
		if g.Name != "all" {
			continue
		}
		if g.Talks < 50 {
			t.Errorf("%s: %d conversations", g.Language, g.Talks)
		}
		if g.FoundShare() < 90 || g.AlarmShare() > 5 || 10*g.AtTurn < 9*g.Found {
			t.Errorf("%s: %+v\nmissed %+v\nfalse alarms %+v", g.Language, *g, r.Missed, r.Alarms)
		}
	}
}

// Without a rubric that names them, the company's own phrases are no faults, and a plant
// that is not found is told.
func TestMissesAreTold(t *testing.T) {
	ts, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	rubric := Rubric()
	rubric.Required, rubric.Off = nil, []string{"rude"}
	missed := map[string]bool{}
	for _, m := range Measure(ts, rubric).Missed {
		missed[m.Fault] = true
	}
	if !missed["cooling_off"] || !missed["rude"] {
		t.Errorf("missed: %v", missed)
	}
}

// Every planted fault is one that there is.
func TestPlantsHaveNames(t *testing.T) {
	ts, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	names := append(insight.Faults(), "cooling_off", "forbidden_best")
	for _, x := range ts {
		for _, p := range x.Planted {
			if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+p.Fault+" ") {
				t.Errorf("%s: %s", x.Name, p.Fault)
			}
		}
	}
}

func TestWhatCannotBeReadIsRefused(t *testing.T) {
	for _, bad := range []string{"B hello", "== name", "== name, letter: x", "== a, chat: b\nX hello", "== a, chat: b\nB", "== a, chat: b\n| t | q", "== a, chat: b\nB x\n| t"} {
		if _, err := read(bad, "tuned", "en"); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}
