// Package checkpoint keeps signed marks of the audit chain outside the database.
//
// Whoever may write everything in the database can compute the whole chain again, and it will be
// whole. A mark that was signed before, in a file that they cannot write, tells.
package checkpoint

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"kartoteka/customer"
)

// ErrSignature says that a checkpoint was not signed by the key, or says something else than it did
// when it was signed; the file is to be compared with its copies.
var ErrSignature = errors.New("the signature does not fit")

// Mark is one signed line of a file of checkpoints.
type Mark struct {
	Hub       string    `json:"hub"` // identifies the hub, and tells nothing about it
	Epoch     int64     `json:"epoch"`
	Operation int64     `json:"operation"` // the last one that it covers
	Position  int64     `json:"position"`  // of the last change
	Hash      string    `json:"hash"`      // of the operation's row, which covers all before it
	At        time.Time `json:"at"`
	Before    string    `json:"before"` // hash of the line before it, so that none is taken out unseen
	Key       string    `json:"key"`    // names the key
	Signature string    `json:"signature"`
}

// Sign makes a mark of where a chain ends; before is the last line of the file.
func Sign(key ed25519.PrivateKey, head customer.AuditHead, before []byte) Mark {
	m := Mark{Hub: hex.EncodeToString(head.Hub), Epoch: head.Epoch, Operation: head.Operation, Position: head.Position,
		Hash: hex.EncodeToString(head.Hash), At: head.At.UTC().Truncate(time.Microsecond), Before: hashOf(before), Key: KeyName(publicOf(key))}
	m.Signature = hex.EncodeToString(ed25519.Sign(key, m.signed()))
	return m
}

func publicOf(key ed25519.PrivateKey) ed25519.PublicKey {
	return ed25519.PublicKey(key[ed25519.PrivateKeySize-ed25519.PublicKeySize:])
}

// KeyName names a public key.
func KeyName(key ed25519.PublicKey) string {
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:8])
}

// signed is what the signature covers: every field, each with its length.
func (m *Mark) signed() []byte {
	var b []byte
	for _, field := range []string{"kartoteka checkpoint 1", m.Hub, fmt.Sprint(m.Epoch), fmt.Sprint(m.Operation), fmt.Sprint(m.Position),
		m.Hash, m.At.UTC().Format(time.RFC3339Nano), m.Before, m.Key} {
		b = fmt.Appendf(b, "%d:%s\n", len(field), field)
	}
	return b
}

// check reports whether the key signed the mark.
func (m *Mark) check(key ed25519.PublicKey) error {
	signature, err := hex.DecodeString(m.Signature)
	if err != nil || m.Key != KeyName(key) || !ed25519.Verify(key, m.signed(), signature) {
		return ErrSignature
	}
	return nil
}

// Of reports whether the mark is of that hub.
func (m *Mark) Of(head customer.AuditHead) bool { return m.Hub == hex.EncodeToString(head.Hub) }

// Covers reports whether the mark was made of a row with that hash.
func (m *Mark) Covers(hash []byte) bool { return m.Hash == hex.EncodeToString(hash) }

// Known gives the mark as the point of a chain.
func (m *Mark) Known() (customer.AuditMark, error) {
	hash, err := hex.DecodeString(m.Hash)
	return customer.AuditMark{Operation: m.Operation, Hash: hash}, err
}

func hashOf(line []byte) string {
	if len(line) == 0 {
		return ""
	}
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:])
}

func (m *Mark) line() ([]byte, error) {
	text, err := json.Marshal(m)
	return append(text, '\n'), err
}
