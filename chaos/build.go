package chaos

import (
	"context"
	"fmt"
	"os/exec"
)

// Build builds the program, with planted bugs if tags say so.
func Build(ctx context.Context, binary, tags string, more ...string) error {
	args := append([]string{"build", "-tags", "timetzdata," + tags, "-o", binary}, more...)
	out, err := exec.CommandContext(ctx, "go", append(args, "kartoteka/cmd/kartoteka")...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}
