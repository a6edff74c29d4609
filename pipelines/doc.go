// Package pipelines reads sources, standardizes their rows, lands them and hands them to resolve.
package pipelines
