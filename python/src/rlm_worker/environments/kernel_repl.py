"""The official REPL environment over a kernel, in a container or a local process."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from rlm.core.types import RLMChatCompletion
from rlm.environments.base_env import NonIsolatedEnv, validate_custom_tools

from ..cancel import ENDED, CutOff, StopSignal
from ..context import ContextHandle
from ..errors import EnvironmentFailure, session_lost
from ..kernel.messages import Ended, OutputStream, Request, ToolCall
from ..unicode_text import well_formed
from .block_output import BlockOutput, with_discarded
from .block_result import BlockResult, BlockStatus
from .cut_offs import CutOffs
from .kernel_client import KernelClient
from .launcher import Launcher, ReplStyle
from .loader import Target
from .payload import payload_of
from .requests import Address, RequestService, SubcallFn
from .restoration import Restoration
from .tools import host_tools, portable_tools

if TYPE_CHECKING:
    from .host import EnvironmentHost

SERVICE_GRACE_S = 2.0
CUT_OFF_GRACE_S = 10.0


class KernelREPL(NonIsolatedEnv):
    """Takes the keyword arguments of the official ``LocalREPL`` and ``DockerREPL``, and ``launcher`` and ``host``.

    Implements ``SupportsPersistence`` and ``append_compaction_entry``. Every method that talks to the kernel raises
    RunStopped once ``host.stop`` has fired, and EnvironmentFailure when the kernel is gone for good. A dead interpreter
    is not the end: its successor gets the contexts and histories again, and the model is told what was lost.
    """

    def __init__(
        self,
        lm_handler_address: Address | None = None,
        context_payload: dict[str, Any] | list[Any] | str | ContextHandle | None = None,
        setup_code: str | None = None,
        persistent: bool = False,
        depth: int = 1,
        subcall_fn: Callable[[str, str | None], RLMChatCompletion] | None = None,
        custom_tools: dict[str, Any] | None = None,
        custom_sub_tools: dict[str, Any] | None = None,
        compaction: bool = False,
        max_concurrent_subcalls: int = 4,
        *,
        launcher: Launcher,
        host: EnvironmentHost,
        **kwargs: Any,
    ) -> None:
        self.persistent = persistent
        self.depth = depth
        self.max_concurrent_subcalls = max_concurrent_subcalls
        self.kwargs = kwargs
        self.custom_tools = custom_tools or {}
        self.custom_sub_tools = custom_sub_tools if custom_sub_tools is not None else self.custom_tools
        validate_custom_tools(self.custom_tools)
        self.compaction = compaction
        self.answer_content: str | None = None
        self._launcher = launcher
        self._host = host
        self._repl_style: ReplStyle = launcher.repl_style
        self._output = BlockOutput(lambda stream, text: self._host.observer.output(stream, text))
        self._compaction_history: list[Any] = []
        self._context_count = 0
        self._history_count = 0
        configure: dict[str, Any] = {"type": "configure", "replStyle": self._repl_style, "compaction": compaction}
        configure["tools"] = portable_tools(self.custom_tools)
        self._kernel = KernelClient(launcher, host.stop, configure, self, host.capture_chars)
        self.cut_offs = CutOffs(self._kernel.fail)
        self._restoration = Restoration(self._kernel, launcher.block_timeout_s)
        self._is_between_turns = False
        self._newest_context: ContextHandle | None = None
        self._service = self._new_service(subcall_fn)
        self._service.address = lm_handler_address
        try:
            self.setup()
            if context_payload is not None:
                self.load_context(context_payload)
            if setup_code:
                self.execute_code(setup_code)
        except BaseException:
            self.cleanup()
            raise
        self._kernel.lasting = host.lasting

    @property
    def lm_handler_address(self) -> Address | None:
        return self._service.address

    def setup(self) -> None:
        """Start the kernel. Raises EnvironmentFailure and RunStopped."""
        started = time.perf_counter()
        self._kernel.start(self._launcher.start_timeout_s)
        self._host.observer.environment_started(self._launcher.container, (time.perf_counter() - started) * 1000)

    def execute_code(self, code: str) -> BlockResult:
        """Run one code block. Raises RunStopped and EnvironmentFailure; everything else is in the result."""
        started = time.perf_counter()
        self._is_between_turns = False
        self._output.begin()
        timeout_ms = int(self._launcher.block_timeout_s * 1000)
        while True:
            self._restoration.restore()
            before = self._restoration.report_deaths()
            with self._kernel.asking(Ended) as block:
                message = {"type": "execute", "id": block.id, "life": self._kernel.life, "timeoutMs": timeout_ms}
                self._kernel.send({**message, "seed": self._host.seed(), "code": well_formed(code)})
                try:
                    ended = self._kernel.wait_for(block)
                except CutOff:
                    ended = self.cut_offs.end(self._kernel, block, self._host.stop)
                except BaseException:
                    self._output.end()
                    self._kernel.interrupt(block)
                    raise
            if ended.status != "not_run":
                return self._result(ended, started, before)

    def lose_variables(self, *, is_told: bool) -> None:
        """Replace the interpreter. ``is_told``: the model knows of it. Raises as ``execute_code`` does."""
        self._kernel.replace("it had to be replaced in an earlier life of the run")
        self._kernel.probe()
        if is_told:
            self._restoration.report_deaths()

    # The persistence protocol

    def load_context(self, context_payload: dict[str, Any] | list[Any] | str | ContextHandle) -> None:
        self.add_context(context_payload, 0)

    def add_context(
        self, context_payload: dict[str, Any] | list[Any] | str | ContextHandle, context_index: int | None = None
    ) -> int:
        """Raises ContextFailure besides. The newest context once more, of a turn that brings none, adds nothing."""
        if context_payload is self._newest_context and self._newest_context is not None:
            return self._context_count - 1
        index = self._context_count if context_index is None else context_index
        payload = payload_of(context_payload)
        started = time.perf_counter()
        target = Target(f"context_{index}", "context" if index == 0 else None, payload.kind != "text")
        report = self._restoration.load(payload, target)
        if self._is_between_turns:
            self._require_variables()
        elapsed_ms = (time.perf_counter() - started) * 1000
        counted = (report.context_type, report.chars, report.bytes, report.sha256)
        self._host.observer.context_loaded(*counted, elapsed_ms)
        self._context_count = max(self._context_count, index + 1)
        self._newest_context = payload.handle
        return index

    def get_context_count(self) -> int:
        return self._context_count

    def add_history(self, message_history: list[dict[str, Any]], history_index: int | None = None) -> int:
        index = self._history_count if history_index is None else history_index
        alias = "history" if index == 0 and not self.compaction else None
        self._restoration.load(
            payload_of(message_history), Target(f"history_{index}", alias, self._repl_style == "docker")
        )
        self._history_count = max(self._history_count, index + 1)
        return index

    def get_history_count(self) -> int:
        return self._history_count

    def append_compaction_entry(self, entry: list[dict[str, Any]] | dict[str, Any]) -> None:
        """``history`` becomes the whole list again, whatever code blocks did to it."""
        if self.compaction:
            self._compaction_history.append(copy.deepcopy(entry))
            self._restoration.load(
                payload_of(self._compaction_history), Target("history", None, self._repl_style == "docker")
            )

    def update_handler_address(self, address: Address) -> None:
        """A new turn of a persistent environment: its answer is not the last turn's."""
        self._service.address = address
        self.answer_content = None
        self._restoration.restore()
        self._kernel.send({"type": "reset_answer"})

    @property
    def newest_context(self) -> ContextHandle | None:
        """None while there is no context, or only one of the official library's own values."""
        return self._newest_context

    def begin_turn(self, host: EnvironmentHost, subcall_fn: SubcallFn | None) -> None:
        """Another run of the session takes over, once nothing of the last one goes on in the kernel.

        Raises RunStopped, and EnvironmentFailure (session_lost) when variables were lost since the last turn.
        """
        self._host = host
        try:
            self._kernel.resume(host.stop)
        except EnvironmentFailure as gone:
            raise session_lost(gone.message) from None
        self._is_between_turns = True
        self._require_variables()
        self._output.end()
        self._service = self._new_service(subcall_fn)

    def end_turn(self) -> bool:
        """The run is over. What its code still asks is waited for a moment, then cut off; False when it goes on."""
        self._kernel.pause()
        if self._service.close(SERVICE_GRACE_S):
            return True
        self._host.stop.stop(ENDED, "The run has ended.")
        return self._service.close(CUT_OFF_GRACE_S)

    def cleanup(self) -> None:
        """End the kernel: from now on it asks and says nothing. Nothing of it is left when ``begin_end`` has done what
        it was given. Idempotent."""
        self._kernel.close(self._host.begin_end)
        self._service.close(SERVICE_GRACE_S)

    def __enter__(self) -> KernelREPL:
        return self

    def __exit__(self, *_: object) -> None:
        self.cleanup()

    # What the session reports, from its reader thread

    def on_output(self, stream: OutputStream, text: str) -> None:
        self._output.add(stream, text)

    def on_request(self, request: Request | ToolCall) -> None:
        self._service.submit(request)

    def on_draft(self, content: str | None) -> None:
        self.answer_content = None if content is None else well_formed(content)

    def on_lost(self, reason: str) -> None:
        self._restoration.note_death(reason)
        self._service.forget_tools()

    def _require_variables(self) -> None:
        """Raises EnvironmentFailure (session_lost) when they were lost since the last code block."""
        death = self._restoration.unreported_death
        if death is not None:
            raise session_lost(f"its interpreter had to be replaced ({death}); {self._restoration.report_deaths()}")

    def _new_service(self, subcall_fn: SubcallFn | None) -> RequestService:
        return RequestService(
            depth=self.depth,
            max_concurrent_subcalls=self.max_concurrent_subcalls,
            subcall_fn=subcall_fn,
            route=self._host.router,
            call_tool=self._call_tool,
            reply=self._kernel.reply,
            fail=self.cut_offs.fail,
            keeps_calls=self._host.keeps_calls,
        )

    def _call_tool(self, name: str, arguments: dict[str, Any], unwanted: StopSignal) -> dict[str, str]:
        if name not in host_tools(self.custom_tools):
            return {"error": "there is no such tool in this REPL"}
        return self._host.call_tool(name, arguments, unwanted)

    def _result(self, ended: Ended, started: float, before: str | None) -> BlockResult:
        stdout, stderr = self._output.end()
        status = cast("BlockStatus", ended.status)
        error = ended.error
        lost = self._restoration.report_deaths() if status in ("timed_out", "interpreter_died") else None
        if lost is not None:
            what = f"Code block timed out after {self._launcher.block_timeout_s:g} s"
            if status == "interpreter_died":
                what = f"The interpreter died ({error})"
            error = f"\n{what}; interpreter restarted; {lost}"
        else:
            self._restoration.note_variables([name for name, _, _ in ended.variables])
            self.answer_content = None if ended.content is None else well_formed(ended.content)
        if before is not None:
            error = f"\nThe interpreter died after the last code block and was restarted; {before}{error}"
        return BlockResult(
            stdout=with_discarded(stdout, ended.discarded_stdout),
            stderr=with_discarded(stderr, ended.discarded_stderr) + well_formed(error),
            variables=[(name, simple, text) for name, simple, text in ended.variables],
            repl_style=self._repl_style,
            execution_time=time.perf_counter() - started,
            rlm_calls=self._service.take_calls(),
            final_answer=None if ended.final is None else well_formed(ended.final),
            status=status,
            lost_before=before is not None,
            lost_within=lost is not None,
        )
