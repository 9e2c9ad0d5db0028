answer["content"] = "\N{PILE OF POO}" * 9_000_000
answer["ready"] = True
