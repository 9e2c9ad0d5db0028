for _ in range(20):
    print(llm_query("x", model="m" * 60_000_000))
