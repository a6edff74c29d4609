package main

// configCommand groups the verbs about the configuration.
type configCommand struct {
	Check  configCheckCommand  `cmd:"" help:"Report every fault of the configuration."`
	Print  configPrintCommand  `cmd:"" help:"Print the configuration as the hub understands it."`
	Schema configSchemaCommand `cmd:"" help:"Print the JSON Schema of the configuration."`
}
