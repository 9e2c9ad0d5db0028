for prompt in (None, 7, 1.5, b"bytes", {"a": 1}, [[[]]], object(), float("nan"), {"role": "user"}, [{"role": 5}]):
    print(type(llm_query(prompt)).__name__, end=" ")
nested = []
for _ in range(450):
    nested = [nested]
print(type(llm_query(nested)).__name__)
