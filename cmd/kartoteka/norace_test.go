//go:build !race

package main

import "testing"

func unraced(*testing.T) {}
