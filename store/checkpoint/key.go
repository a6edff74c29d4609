package checkpoint

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// The names of the key's files, beside the file of checkpoints.
const (
	privateFile = "key.pem" // 0600
	publicFile  = "key.pub.pem"
)

// Key reads the private key of a directory, and makes one if there is none; the public key stands
// beside it, for those who check.
func Key(dir string) (ed25519.PrivateKey, error) {
	path := filepath.Join(dir, privateFile)
	key, err := readPrivate(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	text, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	// Of two processes one makes the key, the other one reads it.
	if err := create(path, "PRIVATE KEY", text, 0o600); errors.Is(err, fs.ErrExist) {
		return readPrivate(path)
	} else if err != nil {
		return nil, err
	}
	if text, err = x509.MarshalPKIXPublicKey(public); err != nil {
		return nil, err
	}
	return private, os.WriteFile(filepath.Join(dir, publicFile), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: text}), 0o644) //nolint:gosec // public
}

// create writes a new file as a whole: it is linked to its name when it is complete.
func create(path, kind string, text []byte, mode os.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // the other name stays
	_, err = f.Write(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: text}))
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), path)
}

func readPrivate(path string) (ed25519.PrivateKey, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%w: %s can be read by others than its owner, so anybody may have signed with it; make a new one: move it away", fs.ErrPermission, path)
	}
	block, err := readPEM(path)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if private, ok := key.(ed25519.PrivateKey); ok && err == nil {
		return private, nil
	}
	return nil, fmt.Errorf("%s holds no Ed25519 key; restore it from a copy", path)
}

// PublicKey reads a public key: a PEM file, or that of a directory.
func PublicKey(path string) (ed25519.PublicKey, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, publicFile)
	}
	block, err := readPEM(path)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if public, ok := key.(ed25519.PublicKey); ok && err == nil {
		return public, nil
	}
	return nil, fmt.Errorf("%s holds no Ed25519 key", path)
}

func readPEM(path string) (*pem.Block, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the user names it
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s is no PEM file", path)
	}
	return block, nil
}

// lock lets one process at a time write a file; it is given up when the file is closed.
func lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }
