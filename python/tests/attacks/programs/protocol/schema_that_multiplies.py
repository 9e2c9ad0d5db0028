# 2 ** 60 checks of one reply: given up in time, and the call is paid.
defs = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(60)}
print(llm_query("q", schema={"$ref": "#/$defs/d0", "$defs": {**defs, "d60": {}}}))
