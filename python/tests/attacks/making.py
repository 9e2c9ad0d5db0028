"""An attack is made: what it was seen to do, and that the REPL serves on."""

from __future__ import annotations

from typing import Any

from repl_harness import Bench

from attacks.table import INTERPRETER, Attack

OPTIONS: dict[str, dict[str, Any]] = {
    "docker": {"memoryMb": 256, "pidsLimit": 64, "tmpfsMb": 16, "openFiles": 256, "cellTimeoutMs": 60_000},
    "landlock": {"memoryMb": 384, "pidsLimit": 64, "fileSizeMb": 4, "openFiles": 256, "cellTimeoutMs": 60_000},
    "local": {"memoryMb": 384, "fileSizeMb": 4, "openFiles": 256, "cellTimeoutMs": 60_000},
}
STILL_SERVES = """
answer = {"content": "", "ready": False}
answer["content"] = f"{6 * 7} {llm_query('alive?')} {'port' in context}"
"""
SERVED = "42 echo:alive? True"


def make_the_attack(bench: Bench, environment: str, attack: Attack) -> str:
    """What it printed. Asserts what it was seen to do, what it asked for, and that the next code block runs. What it
    leaves to its interpreter ends with that, here."""
    observed = attack.observed(environment)
    assert observed is not None
    before = len(bench.router.asked)
    result = bench.within({**OPTIONS[environment], **attack.options}["cellTimeoutMs"], attack.source)
    observed.check(result.status, result.stdout, result.stderr, result.final_answer)
    assert len(bench.router.asked) == before + attack.asked
    after = bench.patiently(STILL_SERVES)
    assert after.status == attack.next_status, after.stderr
    if attack.next_status == "ok":
        assert bench.router.asked[-1][0] == ["alive?"]
        # And not its output, in which a late thread may shout.
        assert bench.repl.answer_content in {SERVED, attack.overwrites or SERVED}
        assert after.stderr == ""
    if attack.own == INTERPRETER:
        bench.repl.lose_variables(is_told=True)
    return result.stdout
