"""The two ends of the pipe to the host: lines, events, requests, and what may not be written to either."""
