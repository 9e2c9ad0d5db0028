"""One client for each wire format of a provider, and what is known of its models."""
