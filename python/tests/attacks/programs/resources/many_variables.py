for number in range(100_000):
    globals()[f"variable_{number}"] = number
