"""KernelREPLs for tests: real kernels, a recording observer, and a router that stands for the models."""

from __future__ import annotations

import subprocess
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from needs import IMAGE
from rlm.core.types import RLMChatCompletion, UsageSummary

from rlm_worker.cancel import StopSignal
from rlm_worker.environments.create import create_environment
from rlm_worker.environments.host import EnvironmentHost
from rlm_worker.environments.kernel_repl import KernelREPL

ADDRESS = ("router", 1)


def completion(response: str, error: str | None = None) -> RLMChatCompletion:
    return RLMChatCompletion("model", "prompt", response, UsageSummary({}), 0.0, error=error)


class Router:
    """Echoes; a prompt that starts with ``fail`` fails, one that starts with ``wait`` waits for ``release``."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[Any], str | None, int]] = []
        self.arrived = threading.Semaphore(0)
        self.release = threading.Event()

    def sub_calls(
        self, prompts: list[Any], model: str | None, depth: int, schema: Any = None
    ) -> list[RLMChatCompletion]:
        self.asked.append((prompts, model, depth))
        self.arrived.release()
        if any(str(prompt).startswith("wait") for prompt in prompts):
            assert self.release.wait(30)
        return [self._answer(str(prompt)) for prompt in prompts]

    def _answer(self, prompt: str) -> RLMChatCompletion:
        if prompt.startswith("fail"):
            return completion("", "the provider said no")
        return completion("" if prompt == "empty" else f"echo:{prompt}")


def no_tools(name: str, arguments: dict[str, Any], unwanted: StopSignal) -> dict[str, str]:
    return {"error": "this bench has no tools"}


@dataclass
class Recorder:
    """The observer: what it was told, and an event for the first live output."""

    started: list[str | None] = field(default_factory=list[str | None])
    contexts: list[tuple[str, int, int, str]] = field(default_factory=list[tuple[str, int, int, str]])
    outputs: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    first_output: threading.Event = field(default_factory=threading.Event)

    def environment_started(self, container: str | None, duration_ms: float) -> None:
        self.started.append(container)

    def context_loaded(self, context_type: str, chars: int, bytes_: int, sha256: str, duration_ms: float) -> None:
        self.contexts.append((context_type, chars, bytes_, sha256))

    def output(self, stream: str, text: str) -> None:
        self.outputs.append((stream, text))
        self.first_output.set()

    def live(self, stream: str) -> str:
        return "".join(text for of, text in self.outputs if of == stream)


@dataclass
class Bench:
    """One REPL on the bench with everything it is connected to."""

    repl: KernelREPL
    run_id: str
    stop: StopSignal
    recorder: Recorder
    router: Router

    def __call__(self, code: str) -> Any:
        return self.repl.execute_code(code)

    def patiently(self, code: str) -> Any:
        """Without the short time limit that another block of the same test is made to run into."""
        self.repl._launcher.block_timeout_s = 60.0  # pyright: ignore[reportPrivateUsage]
        return self(code)

    @property
    def container(self) -> str:
        name = self.recorder.started[0]
        assert name is not None
        return name


MakeBench = Callable[..., Bench]


def benches(kind: str) -> Iterator[MakeBench]:
    """A factory of REPLs of one kind; every one is cleaned up, and what it left behind is a failure."""
    before = set(threading.enumerate())
    made: list[Bench] = []

    def make(options: dict[str, Any] | None = None, max_output_chars: int = 20_000, **kwargs: Any) -> Bench:
        stop, recorder, router = kwargs.pop("stop", None) or StopSignal(), Recorder(), Router()
        route = kwargs.pop("route", None) or (lambda address: router)
        call_tool = kwargs.pop("call_tool", None) or no_tools
        image = {"image": IMAGE} if kind == "docker" else {}
        run_id = kwargs.pop("run_id", None) or uuid.uuid4().hex
        host = EnvironmentHost(
            run_id=run_id,
            lasting=kwargs.pop("lasting", False),
            stop=stop,
            options={**image, **(options or {})},
            observer=recorder,
            router=route,
            call_tool=call_tool,
            max_output_chars=max_output_chars,
            seed=kwargs.pop("seed", None) or (lambda: "seed"),
        )
        repl = create_environment(kwargs.pop("environment", kind), {"lm_handler_address": ADDRESS, **kwargs}, host)
        assert isinstance(repl, KernelREPL)
        made.append(Bench(repl, run_id, stop, recorder, router))
        return made[-1]

    yield make
    for bench in made:
        bench.router.release.set()
        bench.repl.cleanup()
    assert [thread.name for thread in set(threading.enumerate()) - before if thread.name.startswith("rlm-")] == []


def container_exists(name: str) -> bool:
    return bool(containers(f"name={name}"))


def containers(condition: str) -> list[str]:
    listed = subprocess.run(
        ["docker", "ps", "--all", "--quiet", "--filter", condition], capture_output=True, text=True, check=True
    )
    return listed.stdout.split()


def is_running(pid: int) -> bool:
    """A process that is dead and only waits to be collected by its parent does not run."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False
