// Package phrases turns reason keys into sentences in English, Russian and Ukrainian.
//
// Rooms speak in keys with arguments; only here are words. A catalog is one YAML file per
// language, written by people, with the plural forms of its language; a test holds the three
// together.
package phrases
