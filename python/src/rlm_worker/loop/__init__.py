"""Everything that knows the official library: its loop as it is, and the seams where ours goes in."""
