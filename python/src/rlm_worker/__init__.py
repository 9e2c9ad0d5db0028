"""The Python worker of rlm-bridge: runs the official RLM loop for one host, over newline-delimited JSON."""

__version__ = "0.1.0"
