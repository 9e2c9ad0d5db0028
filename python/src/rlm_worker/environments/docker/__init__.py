"""The kernel in a container: its image, its start, its removal and that of what others left."""
