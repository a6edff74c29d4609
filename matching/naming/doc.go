// Package naming compares two written names of a person or of an organization.
package naming
