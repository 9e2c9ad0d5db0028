"""A model's text read as JSON: every value it may have meant."""
