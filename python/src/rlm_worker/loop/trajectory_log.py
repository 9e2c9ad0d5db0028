"""The official JSONL trajectory, bounded: no context copies, no keys, no NaN; a full disk does not end the run."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, cast

from rlm.core.types import CodeBlock, REPLResult, RLMChatCompletion, RLMIteration, RLMMetadata
from rlm.logger import RLMLogger

from ..answers.gate import refusal_of
from ..environments.logged_calls import as_logged, short_value
from ..json_bytes import finite, to_json
from ..wire.events import cut
from ..wire.redaction import Redactor

OUTPUT_CHARS = 200_000
"""Of what a code block printed."""


class TrajectoryLog(RLMLogger):
    """``log_dir`` None keeps the trajectory in memory only, as the official logger of a child does.

    Attributes:
        warn: told once when the file cannot be written; from then on ``log_file_path`` is None if nothing was written.
    """

    _run_metadata: dict[str, Any] | None
    _iterations: list[dict[str, Any]]

    def __init__(
        self, log_dir: str | None, redact: Redactor, warn: Callable[[str], None], environment: str | None = None
    ) -> None:
        """``environment``: None is what the official loop takes it for."""
        self._environment = environment
        self._redact = redact
        self.warn = warn
        self._written = 0
        self._in_memory = log_dir is None
        try:
            if log_dir is not None:
                os.makedirs(log_dir, mode=0o700, exist_ok=True)  # prompts are nobody else's to read
            super().__init__(log_dir)
        except OSError as error:
            super().__init__(None)
            self._disk_failed(error, log_dir)

    def log_metadata(self, metadata: RLMMetadata) -> None:
        if self._metadata_logged:
            return
        self._metadata_logged = True
        run_metadata = cast("dict[str, Any]", self._clean(metadata.to_dict()))
        if self._environment is not None:
            run_metadata["environment_type"] = self._environment
        self._run_metadata = run_metadata
        self._append("metadata", run_metadata)

    def log(self, iteration: RLMIteration) -> None:
        self._iteration_count += 1
        entry = {
            "prompt": self._clean(iteration.prompt),
            "response": self._clean(iteration.response),
            "code_blocks": [self._code_block(block) for block in iteration.code_blocks],
            "final_answer": self._clean(iteration.final_answer),
            "iteration_time": iteration.iteration_time,
        }
        entry = self._append("iteration", {"iteration": self._iteration_count, **entry})
        if self._in_memory:
            self._iterations.append(entry)

    def _code_block(self, block: CodeBlock) -> dict[str, Any]:
        result = block.result
        variables = cast("Mapping[Any, Any]", vars(result)["locals"])
        logged = {
            "stdout": self._clean(cut(result.stdout, OUTPUT_CHARS)),
            "stderr": self._clean(_stderr_of(result)),
            "locals": {str(name): self._clean(short_value(value)) for name, value in variables.items()},
            "execution_time": result.execution_time,
            "rlm_calls": [self._sub_call(call) for call in result.rlm_calls],
            "final_answer": self._clean(result.final_answer),
        }
        return {"code": self._clean(block.code), "result": logged}

    def _sub_call(self, call: RLMChatCompletion) -> dict[str, Any]:
        shown = as_logged(call)
        return {**shown.to_dict(), "prompt": self._clean(shown.prompt), "response": self._clean(shown.response)}

    def _append(self, type_: str, fields: dict[str, Any]) -> dict[str, Any]:
        # The official order of keys: type, then the iteration's number, then the timestamp.
        numbered = {"iteration": fields["iteration"]} if "iteration" in fields else {}
        entry = {"type": type_, **numbered, "timestamp": datetime.now().isoformat(), **fields}
        if self._save_to_disk and self.log_file_path:
            try:
                self._write(self.log_file_path, (to_json(entry) + "\n").encode("ascii"))
            except OSError as error:
                self._disk_failed(error, self.log_file_path)
        return entry

    def _write(self, path: str, line: bytes) -> None:
        """Appends a whole line or nothing."""
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            self._written += len(line)
        except OSError:
            os.ftruncate(descriptor, self._written)
            raise
        finally:
            os.close(descriptor)

    def _disk_failed(self, error: OSError, where: str | None) -> None:
        self._save_to_disk = False
        if self._written == 0 and self.log_file_path:
            with suppress(OSError):
                os.unlink(self.log_file_path)
            self.log_file_path = None
        reason = f"{where}: {error.strerror}"
        self.warn(f"The trajectory is not logged any more ({reason}). Set logDir to a folder that can be written.")

    def _clean(self, value: Any) -> Any:
        """A copy without keys and without numbers JSON does not have."""
        if isinstance(value, str):
            return self._redact(value)
        if isinstance(value, dict):
            return {str(key): self._clean(item) for key, item in cast("dict[Any, Any]", value).items()}
        if isinstance(value, list | tuple):
            return [self._clean(item) for item in cast("list[Any]", value)]
        return finite(value)


def _stderr_of(result: REPLResult) -> str:
    """With the refusal of its answer, which the official format has no place for; the visualizer shows it there."""
    stderr, refusal = cut(result.stderr, OUTPUT_CHARS), refusal_of(result)
    return stderr if refusal is None else f"{stderr}\n{refusal.message}"
