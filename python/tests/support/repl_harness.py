"""KernelREPLs for tests: real kernels, a recording observer, and a ledger over a model of the host."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from host_model import Answers, failed
from needs import IMAGE
from rlm.core.types import RLMChatCompletion, UsageSummary
from run_tree import Tree

from rlm_worker.cancel import StopSignal
from rlm_worker.environments.create import create_environment
from rlm_worker.environments.docker.endpoint import daemon_socket
from rlm_worker.environments.host import EnvironmentHost
from rlm_worker.environments.kernel_repl import KernelREPL
from rlm_worker.errors import EnvironmentFailure
from rlm_worker.loop.scope import Node
from rlm_worker.loop.sub_calls import MeteredClient, SubCallHandler

Message = dict[str, Any]

ADDRESS = ("router", 1)
NOTHING: Mapping[str, Any] = {}
HOLDS_THE_GIL = """
import ctypes
libc, lock = ctypes.PyDLL(None), ctypes.create_string_buffer(64)
def hold_the_gil(): libc.pthread_mutex_lock(lock), libc.pthread_mutex_lock(lock)
"""
"""Defines what never returns from C and lets no other thread run, as a long calculation does, at no processor time."""


def completion(response: str) -> RLMChatCompletion:
    """Of a child."""
    return RLMChatCompletion("model", "prompt", response, UsageSummary({}), 0.0)


class Echo:
    """What a model says: its prompt, a failure to one that starts with ``fail``, and nothing to one that starts with
    ``wait``, until it is released."""

    def __init__(self) -> None:
        self.released = False

    def __call__(self, request: Message) -> str | Message | None:
        prompt = request["messages"][-1]["content"]
        if prompt.startswith("fail"):
            return failed("the provider said no")
        return None if prompt.startswith("wait") and not self.released else f"echo:{prompt}"


class SubCalls(SubCallHandler):
    """Who serves the sub-calls of a REPL in a run: the ledger, here over a model of the host.

    Attributes:
        asked: the batches in order, with the model and the depth that were named.
        model: who was asked in the end.
    """

    def __init__(self, stop: StopSignal, answers: Answers | None = None, **limits: Any) -> None:
        self._answers = answers or Echo()
        tree = Tree(lambda _: "", self._answers, stop=stop, **limits)
        node = Node("0", 0, tree.scope.models.root, "root")
        super().__init__(tree.scope, node, MeteredClient(tree.scope, node))
        self.asked: list[tuple[list[Any], str | None, int]] = []
        self.model = tree.sub

    def sub_calls(
        self, prompts: list[Any], model: str | None, depth: int, schema: Any = None
    ) -> list[RLMChatCompletion]:
        self.asked.append((prompts, model, depth))
        return super().sub_calls(prompts, model, depth, schema)

    def arrived(self, calls: int = 1) -> bool:
        """Once so many calls wait for their replies."""
        self.model.wait_for(lambda: self.model.open >= calls)
        return True

    def release(self) -> None:
        """Reply to all that wait, and at once from now on."""
        if isinstance(self._answers, Echo):
            self._answers.released = True
            for request in list(self.model.asked):
                self.model.reply(request, f"echo:{request['messages'][-1]['content']}")


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
    router: SubCalls

    def __call__(self, code: str) -> Any:
        return self.repl.execute_code(code)

    def within(self, timeout_ms: int, code: str) -> Any:
        """With another time limit than the blocks before."""
        self.repl._launcher.block_timeout_s = timeout_ms / 1000  # pyright: ignore[reportPrivateUsage]
        return self(code)

    def patiently(self, code: str) -> Any:
        """Without the short time limit that another block of the same test is made to run into."""
        return self.within(60_000, code)

    def taken_over(self, host: EnvironmentHost, **changes: Any) -> Bench:
        """By another run, which finds another interpreter. ``host``: as that of the first, but for ``changes``."""
        self.router.release()
        assert self.repl.end_turn()
        stop, recorder = StopSignal(), Recorder(self.recorder.started)
        router = changes.pop("router", None) or SubCalls(stop, changes.pop("model", None))
        subcall_fn = changes.pop("subcall_fn", None)
        host = host._replace(stop=stop, observer=recorder, router=lambda address: router, **changes)
        with suppress(EnvironmentFailure):  # of variables that the last test lost, and is told here
            self.repl.begin_turn(host, subcall_fn)
        self.repl.begin_turn(host, subcall_fn)
        self.repl.lose_variables(is_told=True)
        self.repl.update_handler_address(ADDRESS)
        return Bench(self.repl, self.run_id, stop, recorder, router)

    @property
    def is_gone(self) -> bool:
        kernel = self.repl._kernel  # pyright: ignore[reportPrivateUsage]
        process = kernel._process  # pyright: ignore[reportPrivateUsage]
        return process is None or process.hung_up or kernel._inbox.ended is not None  # pyright: ignore[reportPrivateUsage]

    @property
    def container(self) -> str:
        name = self.recorder.started[0]
        assert name is not None
        return name


MakeBench = Callable[..., Bench]


def benches(kind: str) -> Iterator[MakeBench]:
    """A factory of REPLs of one kind; every one is cleaned up, and what it left behind is a failure."""
    with no_thread_left():
        yield from cleaned_up(kind)


@contextmanager
def no_thread_left() -> Generator[None]:
    """One that is about to end may take its time on a busy machine."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 20
    while left := [thread.name for thread in set(threading.enumerate()) - before if thread.name.startswith("rlm-")]:
        assert time.monotonic() < deadline, f"threads that are left: {left}"
        time.sleep(0.02)


def cleaned_up(kind: str) -> Iterator[MakeBench]:
    made: list[Bench] = []

    def make(options: dict[str, Any] | None = None, max_output_chars: int = 20_000, **kwargs: Any) -> Bench:
        stop, recorder = kwargs.pop("stop", None) or StopSignal(), Recorder()
        router = kwargs.pop("router", None) or SubCalls(stop, kwargs.pop("model", None))
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
            keeps_calls=kwargs.pop("keeps_calls", True),
        )
        repl = create_environment(kwargs.pop("environment", kind), {"lm_handler_address": ADDRESS, **kwargs}, host)
        assert isinstance(repl, KernelREPL)
        made.append(Bench(repl, run_id, stop, recorder, router))
        return made[-1]

    yield make
    for bench in made:
        bench.router.release()
        bench.repl.cleanup()


class Lender:
    """Lends a REPL to many tests: to each with another interpreter, which has run nothing, and what it is connected to
    as new. A test that ends it costs the next one a new one."""

    def __init__(self, make: MakeBench) -> None:
        self._make = make
        self._lent: dict[str, tuple[Bench, EnvironmentHost]] = {}
        self._shared: Bench | None = None

    def __call__(self, made_with: Mapping[str, Any] = NOTHING, **changes: Any) -> Bench:
        """``made_with``: arguments of ``make``, a REPL is made for each; ``changes``: those that belong to a run."""
        last, host = self._last(made_with) or self._made(made_with)
        lent = last.taken_over(host, **changes)
        self._lent[str(made_with)] = lent, host
        return lent

    def again(self) -> Bench:
        """As the last one that asked so left it, but for its answer."""
        last = self._last(NOTHING)
        shared = self._shared = last[0] if last is not None and last[0] is self._shared else self()
        shared.repl.update_handler_address(ADDRESS)
        return shared

    def _last(self, made_with: Mapping[str, Any]) -> tuple[Bench, EnvironmentHost] | None:
        lent = self._lent.get(str(made_with))
        return None if lent is None or lent[0].is_gone else lent

    def _made(self, made_with: Mapping[str, Any]) -> tuple[Bench, EnvironmentHost]:
        made = self._make(**made_with)
        return made, made.repl._host  # pyright: ignore[reportPrivateUsage]


def container_exists(name: str) -> bool:
    return bool(containers(f"name={name}"))


def containers(condition: str, state: str | None = None) -> list[str]:
    """The ids of those that meet it. Asked of the daemon, where it has a socket: its command takes longer to start than
    a REPL."""
    name, _, value = condition.partition("=")
    filters = {name: [value], **({} if state is None else {"status": [state]})}
    path = daemon_socket(os.environ)
    if path is None:
        given = [word for name, values in filters.items() for word in ("--filter", f"{name}={values[0]}")]
        command = ["docker", "ps", "--all", "--quiet", "--no-trunc", *given]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    query = urlencode({"all": 1, "filters": json.dumps(filters)})
    return [container["Id"] for container in _told(path, f"/containers/json?{query}")]


def inspected(container: str) -> dict[str, Any]:
    """All that the daemon knows of it."""
    path = daemon_socket(os.environ)
    if path is not None:
        return _told(path, f"/containers/{container}/json")
    (found,) = json.loads(subprocess.run(["docker", "inspect", container], capture_output=True, check=True).stdout)
    return found


def _told(path: str, question: str) -> Any:
    with closing(HTTPConnection("docker")) as connection:
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(path)
        connection.request("GET", question)
        answer = connection.getresponse()
        assert answer.status == 200
        return json.loads(answer.read())


def is_running(pid: int) -> bool:
    """A process that is dead and only waits to be collected by its parent does not run."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False
