package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// buildCommit builds the program as it was at a commit, in a worktree that is removed again. The
// binary is written into dir.
func buildCommit(ctx context.Context, commit, dir string) (*program, error) {
	tree, binary := filepath.Join(dir, "tree"), filepath.Join(dir, "kartoteka-base")
	if err := command(ctx, ".", "git", "worktree", "add", "--quiet", "--detach", tree, commit); err != nil {
		return nil, err
	}
	defer func() { _ = command(context.WithoutCancel(ctx), ".", "git", "worktree", "remove", "--force", tree) }()
	if err := buildProgram(ctx, tree, binary); err != nil {
		return nil, err
	}
	return newProgram(ctx, binary)
}

// buildProgram builds the program of a tree.
func buildProgram(ctx context.Context, tree, binary string) error {
	return command(ctx, tree, "go", "build", "-tags", "timetzdata", "-o", binary, "./cmd/kartoteka")
}

func command(ctx context.Context, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(args[:2], " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}
