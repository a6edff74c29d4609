package steward

// People are the accounts of those who sign in.
type People interface{}
