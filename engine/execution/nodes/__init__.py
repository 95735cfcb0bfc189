"""One module per kind of node: subclasses of SpiffWorkflow's task spec with BPMN's token semantics."""
