answer["content"] = "\N{PILE OF POO}" * 8_000_000
answer["ready"] = True
