package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

// certificate is read again when its file changes, so that a renewed one needs no restart.
type certificate struct {
	certFile, keyFile string

	mu   sync.Mutex
	read time.Time // modification of the file that is in use
	pair *tls.Certificate
}

// encrypted puts TLS on a listener. Files that cannot be used are an error now, not at the first request.
func encrypted(l net.Listener, certFile, keyFile string) (net.Listener, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile}
	if _, err := c.get(nil); err != nil {
		return nil, fmt.Errorf("%w: --tls-cert, --tls-key: %w", errInput, err)
	}
	return tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get, NextProtos: []string{"h2", "http/1.1"}}), nil
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	info, err := os.Stat(c.certFile)
	if err == nil && c.pair != nil && info.ModTime().Equal(c.read) {
		return c.pair, nil
	}
	var pair tls.Certificate
	if err == nil {
		pair, err = tls.LoadX509KeyPair(c.certFile, c.keyFile)
	}
	switch {
	case err == nil:
		c.pair, c.read = &pair, info.ModTime()
	case c.pair == nil:
		return nil, err
	} // else: half-written by a renewal; the former one stays until both files fit
	return c.pair, nil
}
