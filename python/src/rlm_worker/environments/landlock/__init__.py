"""The kernel as processes of this machine that confine themselves: the sandbox without a daemon."""
