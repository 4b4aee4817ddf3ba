"""Pure data and arithmetic: no I/O, no threads, no user interface, no engine."""
