"""The way to every provider: HTTP that stays at its origin, and bounds what comes back."""
