package resolve_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The build tag codesraisebar lets existing codes raise the bar for joining. A property test that
// does not notice would be no evidence.
func TestPlantedBugIsFound(t *testing.T) {
	if os.Getenv("KARTOTEKA_SLOW") == "" {
		t.Skip("slow: set KARTOTEKA_SLOW=1")
	}
	cmd := exec.Command("go", "test", "-tags", "codesraisebar", "-count=1", "-run", "TestHistoriesOfBothCarriersEndAsOneBulkRun", "-rapid.nofailfile", ".")
	text, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(text), "differs from one bulk run") {
		t.Fatalf("the property test does not find the planted bug: %v\n%s", err, text)
	}
}
