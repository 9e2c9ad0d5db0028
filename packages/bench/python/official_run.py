"""Runs the official `RLM(...)` as a user would, for comparison: one JSON request a line in, one JSON result a line out;
``null`` asks for nothing, and comes back when the library is there.

The library may print to standard output, so the results go to a private copy of it.
"""

import json
import os
import resource
import sys
import time
from typing import Any

from rlm import RLM
from rlm.logger import RLMLogger


def build(request: dict[str, Any], logger: RLMLogger) -> RLM:
    def client(model: str) -> dict[str, Any]:
        return {"model_name": model, "base_url": request["baseUrl"], "api_key": "no-key", "max_retries": 0}

    others: dict[str, Any] = {}
    if request["subModel"] is not None:
        others = {"other_backends": ["openai"], "other_backend_kwargs": [client(request["subModel"])]}
    return RLM(
        backend="openai",
        backend_kwargs=client(request["rootModel"]),
        environment=request["environment"],
        environment_kwargs={"image": request["image"]} if request["environment"] == "docker" else {},
        max_depth=request["maxDepth"],
        max_iterations=request["maxIterations"],
        compaction=request["compaction"],
        logger=logger,
        **others,
    )


def read_context(request: dict[str, Any]) -> Any:
    if request["contextFile"] is None:
        return request["context"]
    with open(request["contextFile"], encoding="utf-8", newline="") as file:
        return file.read()


def run(request: dict[str, Any]) -> dict[str, Any]:
    context = read_context(request)
    logger = RLMLogger(log_dir=request["logDir"]) if request["logDir"] else RLMLogger()
    started = time.perf_counter()
    rlm = build(request, logger)
    completion = rlm.completion(context, root_prompt=request["query"])
    seconds = time.perf_counter() - started
    usage = completion.usage_summary.model_usage_summaries.values()
    iterations = (completion.metadata or {}).get("iterations", [])
    return {
        "answer": completion.response,
        "seconds": seconds,
        "iterations": len(iterations),
        "codeBlocks": [len(iteration["code_blocks"]) for iteration in iterations],
        "blockSeconds": [
            block["result"]["execution_time"] for iteration in iterations for block in iteration["code_blocks"]
        ],
        "tokens": sum(model.total_input_tokens + model.total_output_tokens for model in usage),
        "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    results = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(None if request is None else run(request)), file=results, flush=True)


main()
