// Package signin finds out who is asking: people by password or by an identity provider, programs by token.
//
// It stands before every other handler and puts an [access.Subject] into the request's context; what
// the subject may is not its business. What opens a door (session, token, invitation) is random, is
// kept by its hash, and ends.
package signin
