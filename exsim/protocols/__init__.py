"""One protocol per set of modules: messages <-> requests and events."""
