# What no schema is, what leads out of it, and what no validator should be given: a text for each, and nobody is asked.
cycle = {}
cycle["items"] = cycle
deep = {}
for _ in range(100_000):
    deep = {"items": deep}
strange = [0, "", [], object(), int, float("nan"), {1: deep}, cycle, {"type": float("inf")}, {b"x": 1}]
strange += [{"$ref": url} for url in ("http://127.0.0.1/", "file:///etc/passwd", "\ud800", "#/" + "x" * 90_000)]
strange += [{"pattern": text} for text in ("(?=a)", "(" * 50_000, r"(\w{1000}){1000}", "\0[")]
strange += [{"patternProperties": {"(a+)+$": {}}}, {"$id": 1}, {"enum": "x" * 1_000_000}, {"required": [[]]}]
print(*(str(llm_query("q", schema=schema)).partition(":")[0] for schema in strange))
