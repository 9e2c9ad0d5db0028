"""Tools of the host in the worker: how they are described, and calls that nobody waits for any more."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest
from journals import no_journal

from rlm_worker._generated.messages import ToolResult, ToolSpec
from rlm_worker.cancel import RunStopped, StopSignal
from rlm_worker.environments.tools import HostTool
from rlm_worker.journal.places import Place
from rlm_worker.ledger.limits import CallLimit
from rlm_worker.loop.host_tools import MAX_ARGUMENT_BYTES, ToolCaller, describe, tool_arguments
from rlm_worker.loop.scope import Scope
from rlm_worker.loop.tree import custom_prompt
from rlm_worker.wire.events import Events
from rlm_worker.wire.host_requests import HostRequests, Unwanted
from rlm_worker.wire.redaction import Redactor

Message = dict[str, Any]
NODE = cast("Any", SimpleNamespace(path="0/2", depth=1, iteration=1, code_block=0, place=Place("0/2", 1, 0)))


def tool(name: str = "lookup", **changes: Any) -> ToolSpec:
    fields = {"description": "Finds it.", "parameters": {"type": "object"}, "returns": None, "inChildren": True}
    return ToolSpec.model_validate({"name": name, **fields, **changes})


class Kit:
    """A host that answers each request by ``answer``; with None it leaves the request open."""

    def __init__(self, answer: Message | None) -> None:
        self.answer = answer
        self.asked: list[Message] = []
        self.reported: list[Message] = []
        self.arrived = threading.Event()
        self.stop = StopSignal()
        redact = Redactor()
        redact.learn(["sk-0123456789"])
        self.host = HostRequests("run", self._write, self.stop)
        calls = iter(range(1, 100))
        scope = SimpleNamespace(
            stop=self.stop,
            redact=redact,
            host=self.host,
            events=Events("run", self.reported.append, redact),
            journal=no_journal(),
            tool_limit=CallLimit(1000, "tool call"),
            next_tool_call=lambda: f"tool-{next(calls)}",
        )
        self.tools = ToolCaller(cast("Scope", scope), NODE)

    def _write(self, message: Message) -> None:
        self.asked.append(message)
        if self.answer is not None:
            self.reply(message["requestId"], self.answer)
        self.arrived.set()

    def reply(self, request: str, outcome: Message) -> None:
        fields = {"type": "tool.result", "id": "run", "requestId": request, "outcome": outcome}
        self.host.deliver(ToolResult.model_validate(fields))

    def in_a_thread(self, unwanted: StopSignal) -> tuple[threading.Thread, list[Any]]:
        """A call under way, and what will have come of it."""
        outcome: list[Any] = []

        def call() -> None:
            try:
                outcome.append(self.tools.call("lookup", {}, unwanted))
            except BaseException as error:
                outcome.append(error)

        thread = threading.Thread(target=call)
        thread.start()
        assert self.arrived.wait(30)
        return thread, outcome


def test_a_description_says_how_to_call_it_and_what_is_known_of_its_parameters() -> None:
    properties = {
        "id": {"type": "integer", "description": "the number\n  on the invoice"},
        "limit": {"type": "integer", "default": 5, "description": " "},
        "odd": True,
    }
    parameters = {"type": "object", "properties": properties, "required": ["id"]}
    text = describe(tool(description="Finds {it}.\n", parameters=parameters, returns={"type": "string"}))
    assert text.split("\n") == [
        "`lookup(id: int, limit: int = 5, odd: Any = None) -> str` Finds {it}. Raises RuntimeError when it fails.",
        "    - `id`: the number on the invoice",
    ]


def test_what_the_official_library_is_given() -> None:
    assert tool_arguments([]) == {}
    arguments = tool_arguments([tool("a"), tool("b", inChildren=False)])
    assert arguments["custom_tools"].keys() == {"a", "b"} and arguments["custom_sub_tools"].keys() == {"a"}
    assert arguments["custom_tools"]["a"]["tool"] == HostTool("Finds it.", {"type": "object"}, None)
    assert tool_arguments([tool(inChildren=False)])["custom_sub_tools"] == {}  # None would mean: the same as the root


def test_a_call_is_asked_and_reported() -> None:
    kit = Kit({"kind": "value", "value": {"name": "Grüße", "n": [1, None]}})
    assert kit.tools.call("lookup", {"id": 7}, StopSignal()) == {"value": '{"name":"Grüße","n":[1,null]}'}
    (request,) = kit.asked
    assert len(request.pop("key")) == 32
    assert request == {
        "type": "tool.call",
        "id": "run",
        "requestId": "request-1",
        "node": "0/2",
        "iteration": 1,
        "codeBlock": 0,
        "call": "tool-1",
        "tool": "lookup",
        "arguments": {"id": 7},
    }
    started, completed = kit.reported
    where = {"id": "run", "node": "0/2", "depth": 1, "call": "tool-1", "tool": "lookup"}
    assert where.items() <= started.items() and started["arguments"] == '{"id":7}'
    assert {**where, "outcome": "succeeded", "error": None, "resultChars": 29}.items() <= completed.items()


def test_an_error_has_no_key_in_it() -> None:
    kit = Kit({"kind": "error", "message": "refused: sk-0123456789"})
    assert kit.tools.call("lookup", {}, StopSignal()) == {"error": "refused: [redacted]"}
    assert kit.reported[1]["error"] == "refused: [redacted]"


def test_arguments_are_bounded_in_bytes() -> None:
    kit = Kit({"kind": "value", "value": None})
    most = "ü" * ((MAX_ARGUMENT_BYTES - len('{"a":""}')) // 2)
    assert kit.tools.call("lookup", {"a": most}, StopSignal()) == {"value": "null"}
    refused = kit.tools.call("lookup", {"a": most + "x"}, StopSignal())
    assert refused == {"error": "the arguments have 10,000,001 bytes as JSON; the limit is 10,000,000"}
    assert len(kit.asked) == 1 and len(kit.reported) == 2


def test_a_stopped_run_asks_nothing_more_and_unwinds_from_where_it_waits() -> None:
    kit = Kit(None)
    thread, outcome = kit.in_a_thread(StopSignal())
    kit.stop.stop("cancelled", "enough")
    thread.join(30)
    assert [type(error) for error in outcome] == [RunStopped]
    assert kit.reported[-1]["error"] == "the run was stopped"
    with pytest.raises(RunStopped):
        kit.tools.call("lookup", {}, StopSignal())
    assert len(kit.asked) == 1


def test_a_call_that_nobody_waits_for_is_given_up_and_its_late_reply_dropped() -> None:
    kit = Kit(None)
    unwanted = StopSignal()
    thread, outcome = kit.in_a_thread(unwanted)
    unwanted.stop("cancelled", "the interpreter has ended")
    thread.join(30)
    assert outcome == [{"error": "the interpreter has ended"}]
    assert kit.reported[-1]["outcome"] == "failed"
    kit.reply("request-1", {"kind": "value", "value": "late"})
    kit.answer = {"kind": "value", "value": "next"}
    assert kit.tools.call("lookup", {}, StopSignal()) == {"value": '"next"'}


def test_one_that_nobody_waits_for_from_the_start_is_never_asked() -> None:
    kit = Kit({"kind": "value", "value": 1})
    unwanted = StopSignal()
    unwanted.stop("cancelled", "the interpreter has ended")
    assert kit.tools.call("lookup", {}, unwanted) == {"error": "the interpreter has ended"}
    assert kit.asked == []


def test_a_request_can_be_unwanted_without_the_run_ending() -> None:
    unwanted = StopSignal()
    host = HostRequests("run", lambda message: unwanted.stop("cancelled", ""), StopSignal())
    with pytest.raises(Unwanted):
        host.ask({"type": "tool.call", "tool": "t", "arguments": {}}, unwanted)


def test_a_system_prompt_of_the_runs_own_describes_the_tools() -> None:
    assert custom_prompt(None, has_tools=True) is None
    assert custom_prompt("a {b}", has_tools=False) == "a {{b}}"
    assert custom_prompt("a {b}", has_tools=True) == "a {{b}}\n{custom_tools_section}"
    assert custom_prompt("{custom_tools_section} a", has_tools=True) == "{custom_tools_section} a"
