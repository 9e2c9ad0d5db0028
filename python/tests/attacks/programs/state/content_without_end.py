cycle = []
cycle.append(cycle)
deep = []
for _ in range(100_000):
    deep = [deep]
answer["content"] = {"cycle": cycle, "deep": deep}
