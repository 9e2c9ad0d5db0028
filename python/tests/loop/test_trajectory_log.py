"""The log is the official one, key for key, as the official visualizer reads it; and bounded."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from rlm.core.types import CodeBlock, REPLResult, RLMChatCompletion, RLMIteration, RLMMetadata, UsageSummary
from rlm.logger import RLMLogger

from rlm_worker._generated.messages import AnswerProblem
from rlm_worker.answers.gate import Refusal, take_back
from rlm_worker.environments.logged_calls import SUB_CALL_CHARS, VALUE_CHARS, short_value
from rlm_worker.loop.trajectory_log import TrajectoryLog
from rlm_worker.wire.events import cut
from rlm_worker.wire.redaction import Redactor

METADATA = RLMMetadata("m", 1, 20, "openai", {"model_name": "m"}, "local", {}, ["openai"])


def iteration(**locals_: Any) -> RLMIteration:
    call = RLMChatCompletion("sub", "p" * 5000, "r" * 5000, UsageSummary({}), 0.2, metadata={"iterations": []})
    result = REPLResult("out", "warned", locals_, 0.1, [call], "42")
    prompt: Any = [{"role": "system", "content": "s"}, {"role": "user", "content": "Answer the following: " + "q" * 60}]
    return RLMIteration(prompt, "said", [CodeBlock("x = 1", result)], "42", 1.5)


def log_in(folder: Path, **changes: Any) -> tuple[TrajectoryLog, list[str]]:
    warnings: list[str] = []
    redact = Redactor()
    redact.learn(["sk-secret-123456"])
    return TrajectoryLog(str(folder), redact, warnings.append, **changes), warnings


def lines(log: TrajectoryLog) -> list[dict[str, Any]]:
    assert log.log_file_path is not None
    return [json.loads(line, parse_constant=pytest.fail) for line in Path(log.log_file_path).read_text().splitlines()]


def keys(value: Any) -> Any:
    """The shape of a JSON value: its keys, in order."""
    if isinstance(value, dict):
        return {key: keys(item) for key, item in value.items()}
    return [keys(item) for item in value] if isinstance(value, list) else ()


def test_names_and_keys_are_the_official_ones(tmp_path: Path) -> None:
    official, (ours, _) = RLMLogger(str(tmp_path / "official")), log_in(tmp_path / "ours")
    for log in (official, ours):
        log.log_metadata(METADATA)
        log.log(iteration(context="c", n=1))
    pattern = r"rlm_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_[0-9a-f]{8}\.jsonl"
    for log in (official, ours):
        assert re.fullmatch(pattern, os.path.basename(log.log_file_path or ""))
    theirs = [json.loads(line) for line in Path(official.log_file_path or "").read_text().splitlines()]
    assert [list(line) for line in lines(ours)] == [list(line) for line in theirs]
    assert keys(lines(ours)) == keys(theirs)


def test_a_refused_answer_shows_where_the_visualizer_looks(tmp_path: Path) -> None:
    log, _ = log_in(tmp_path)
    refused = iteration()
    problem = AnswerProblem(source="validate", path="a.b", message="sk-secret-123456 is no name")
    take_back(refused.code_blocks[0].result, Refusal("42", [problem]))
    refused.final_answer = None
    log.log(iteration())
    log.log(refused)
    plain, entry = lines(log)
    assert keys(entry) == keys(plain)
    result = entry["code_blocks"][0]["result"]
    assert result["final_answer"] is entry["final_answer"] is None
    assert result["stderr"].startswith("warned\nYour answer was not accepted:\n- a.b: [redacted] is no name\n")


def test_the_official_visualizer_finds_what_it_reads(tmp_path: Path) -> None:
    """Mirrors visualizer/src/lib/parse-logs.ts and types.ts of the official repository."""
    log, _ = log_in(tmp_path)
    log.log_metadata(METADATA)
    log.log(iteration(context="the context"))
    config, *iterations = lines(log)
    assert config["type"] == "metadata"
    assert all(
        config[name] is not None
        for name in ("root_model", "max_depth", "max_iterations", "backend", "backend_kwargs", "environment_type")
    )
    (only,) = iterations
    assert isinstance(only["iteration"], int) and isinstance(only["timestamp"], str)
    assert any(message["role"] == "user" and 50 < len(message["content"]) < 500 for message in only["prompt"])
    block = only["code_blocks"][0]
    assert block["result"]["locals"]["context"] == "the context"
    assert block["result"]["stderr"] == "warned" and len(block["result"]["rlm_calls"]) == 1
    assert (only["final_answer"], only["iteration_time"]) == ("42", 1.5)


def test_nothing_in_a_line_is_unbounded_or_secret_or_not_json(tmp_path: Path) -> None:
    log, _ = log_in(tmp_path)
    log.log_metadata(METADATA)
    log.log(
        iteration(context="c" * 1_000_000, big=list(range(100_000)), nan=float("nan"), key="sk-secret-123456", n=10**30)
    )
    text = Path(log.log_file_path or "").read_text()
    assert len(text) < 10_000 and "sk-secret" not in text
    result = lines(log)[1]["code_blocks"][0]["result"]
    assert result["locals"]["nan"] is None and result["locals"]["key"] == "[redacted]"
    assert result["locals"]["context"] == cut("c" * 1_000_000, VALUE_CHARS)
    assert all(len(result["rlm_calls"][0][name]) <= SUB_CALL_CHARS for name in ("prompt", "response"))


def test_each_line_has_the_prompt_of_its_moment(tmp_path: Path) -> None:
    log = TrajectoryLog(None, Redactor(), lambda _: None)
    log.log_metadata(METADATA)
    entry = iteration()
    log.log(entry)
    entry.prompt.append({"role": "user", "content": "later"})
    log.log(entry)
    trajectory = log.get_trajectory()
    assert trajectory and [len(line["prompt"]) for line in trajectory["iterations"]] == [2, 3]
    assert log.log_file_path is None


def test_a_folder_that_cannot_be_made_leaves_no_log_and_one_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    log, warnings = log_in(tmp_path / "file" / "logs")
    log.log_metadata(METADATA)
    log.log(iteration())
    assert log.log_file_path is None
    assert len(warnings) == 1 and "logDir" in warnings[0]


def test_a_full_disk_ends_the_log_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, warnings = log_in(tmp_path)
    log.log_metadata(METADATA)
    real, room = os.write, [400]

    def full(descriptor: int, data: Any) -> int:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return real(descriptor, data)
        if room[0] == 0:
            raise OSError(28, "No space left on device")
        count = real(descriptor, bytes(data)[: room[0]])
        room[0] = 0
        return count

    monkeypatch.setattr(os, "write", full)
    log.log(iteration())
    log.log(iteration())
    assert [line["type"] for line in lines(log)] == ["metadata"], "whole lines only"
    assert len(warnings) == 1 and "No space left" in warnings[0]


def test_a_log_never_written_has_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, warnings = log_in(tmp_path)

    def full(descriptor: int, data: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    log.log_metadata(METADATA)
    assert (log.log_file_path, len(warnings), list(tmp_path.iterdir())) == (None, 1, [])


def test_values_of_variables_are_short() -> None:
    assert [short_value(v) for v in (None, True, 3, 1.5, "s")] == [None, True, 3, 1.5, "s"]
    assert short_value(float("inf")) is None
    assert short_value(10**5000) == "<int>", "Python writes no integer of more than 4,300 digits"
    assert all(len(short_value(v)) <= VALUE_CHARS for v in ("x" * 999, 10**999, [["x" * 999] * 999], {"k": "v" * 999}))


def test_logs_hold_prompts_and_are_nobody_elses_to_read(tmp_path: Path) -> None:
    log, _ = log_in(tmp_path / "logs")
    log.log_metadata(METADATA)
    assert stat.S_IMODE((tmp_path / "logs").stat().st_mode) == 0o700
    assert stat.S_IMODE(os.stat(log.log_file_path or "").st_mode) == 0o600
