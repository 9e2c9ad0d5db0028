# The provider of the test answers with an error that quotes the key.
import re

reply = llm_query("what is my key?")
print("found" if re.search(r"sk-scripted-[0-9a-f]{16}", reply) else "clean", reply.startswith("Error: "))
