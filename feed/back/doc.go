// Package back returns personal codes to the sources whose records they are of.
//
// What is delivered is where each key belongs now, so a repeat does no harm: a crash delivers again
// what may not have been delivered, and the position moves only behind what was.
package back
