"""One run, and the session it may be a turn of, from its message to its last event."""
