package config

import (
	"fmt"
	"os"
	"path/filepath"
)

// FileName is what a configuration is called in the working directory and the state directory.
const FileName = "kartoteka.yaml"

// Find gives the file to load: the flag's, else KARTOTEKA_CONFIG's, else ./kartoteka.yaml,
// else the one in the state directory. Without any of them path is "", which means
// [Default]; a file that was asked for and cannot be opened is an error.
func Find(flag string, env func(string) (string, bool), stateDir string) (path string, err error) {
	if flag != "" {
		return flag, readable(flag, "--config")
	}
	if env != nil {
		if path, ok := env("KARTOTEKA_CONFIG"); ok && path != "" {
			return path, readable(path, "KARTOTEKA_CONFIG")
		}
	}
	places := []string{FileName}
	if stateDir != "" {
		places = append(places, filepath.Join(stateDir, FileName))
	}
	for _, path := range places {
		if _, err := os.Stat(path); err == nil {
			return path, readable(path, path)
		} else if !os.IsNotExist(err) {
			return "", fmt.Errorf("look for the configuration: %w", err)
		}
	}
	return "", nil
}

func readable(path, asked string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return fmt.Errorf("%s names the configuration: %w", asked, err)
	case info.IsDir():
		return fmt.Errorf("%s names a directory, %s; name the file, like %s", asked, path, filepath.Join(path, FileName))
	}
	return nil
}
