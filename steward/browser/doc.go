// Package browser tests the workbench as people meet it: the built program serves a hub with work
// waiting, and a headless Chromium is its user. Everything is in the tests.
package browser
