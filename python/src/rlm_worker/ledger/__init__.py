"""What every model call costs: reserved before, counted after, over the whole tree."""
