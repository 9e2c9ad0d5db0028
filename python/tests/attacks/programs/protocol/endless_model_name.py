for _ in range(10):
    print(llm_query("x", model="m" * 60_000_000))
