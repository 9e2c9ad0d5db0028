code = "(" * 50 + "1" + ")" * 50
for _ in range(3):
    code = f"({code},)" * 200
compile("-" * 100_000 + "1", "bomb", "eval")
