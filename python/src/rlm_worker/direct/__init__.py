"""The strategy of one call with the whole context in its prompt, and when it is chosen."""
