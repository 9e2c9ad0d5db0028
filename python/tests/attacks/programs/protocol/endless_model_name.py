print(len(llm_query("x", model="m" * 1_000_000)))
