// Package steward is the data steward's workbench: pages by which people settle who is who.
//
// Pages are made on the server and work without a script; one small script adds keys, replaces
// parts of a page and keeps what could not be sent. What may be seen and done is decided by the
// desk; a page leaves out what its reader may not.
package steward
