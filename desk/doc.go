// Package desk is what people and programs ask the hub for: the one service behind the command line,
// the API and the pages.
//
// Every method takes the subject from the context ([access.From]), asks the policy whether it may, and
// shows only what its view has. What is hidden from a subject is unknown to it, in answers and in errors.
package desk
