package main

import (
	"fmt"
	"os"
	"path/filepath"

	"kartoteka/config"
)

// stateDir is where the hub keeps its own data; it need not exist yet.
func (a *app) stateDir() (string, error) {
	if a.State != "" {
		return filepath.Abs(a.State)
	}
	if os.Geteuid() == 0 {
		return "/var/lib/kartoteka", nil
	}
	if dir, ok := a.lookup("XDG_DATA_HOME"); ok && filepath.IsAbs(dir) {
		return filepath.Join(dir, "kartoteka"), nil
	}
	home, ok := a.lookup("HOME")
	if !ok || home == "" {
		return "", fmt.Errorf("%w: there is no home directory to keep data in; set --state DIR", errSurroundings)
	}
	return filepath.Join(home, ".local", "share", "kartoteka"), nil
}

// loadConfig reads the configuration and names it on stderr.
func (a *app) loadConfig() (*config.Config, error) {
	state, err := a.stateDir()
	if err != nil {
		return nil, err
	}
	path, err := config.Find(a.globals.Config, a.lookup, state)
	if err != nil {
		return nil, err
	}
	if path == "" {
		a.remark("configuration: built-in (kartoteka init writes one)")
		return config.Default(), nil
	}
	a.remark("configuration: %s", path)
	return config.Load(path, a.lookup)
}
