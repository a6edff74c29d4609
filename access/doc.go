// Package access decides who may see which field of which customer, masked or whole.
//
// It is pure and knows no transport: API, pages, search, export and feed ask the same
// functions, so that a field hidden in one of them is hidden in all.
package access
