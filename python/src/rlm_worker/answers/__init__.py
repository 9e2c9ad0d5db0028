"""What the model gave as its answer: read, checked, and how the run ended with it."""
