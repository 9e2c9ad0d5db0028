"""llm_query and its companions, from code in the REPL to whoever serves them and back."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from repl_harness import Bench, MakeBench, SubCalls, completion
from rlm.clients.base_lm import BaseLM
from rlm.core.lm_handler import LMHandler
from rlm.core.types import ModelUsageSummary, RLMChatCompletion, UsageSummary

from rlm_worker.cancel import RunStopped, StopSignal
from rlm_worker.environments.logged_calls import SUB_CALL_CHARS

pytestmark = pytest.mark.slow

OF_A_CHILD = {"depth": 3, "max_concurrent_subcalls": 2}


def responses(result: Any) -> list[str]:
    return [call.response for call in result.rlm_calls]


def test_single_and_batched_in_order_with_model_and_depth(lend: MakeBench) -> None:
    run = lend(OF_A_CHILD)
    result = run("print(llm_query('a', model='m'), llm_query_batched(['b', 'c']), rlm_query('d', 'n'))")
    assert result.stdout == "echo:a ['echo:b', 'echo:c'] echo:d\n"
    assert responses(result) == ["echo:a", "echo:b", "echo:c", "echo:d"]
    assert run.router.asked == [(["a"], "m", 3), (["b", "c"], None, 3), (["d"], "n", 3)]
    assert responses(run("x = 1")) == []


def test_a_failed_one_is_a_text_and_no_record(run: Bench) -> None:
    result = run("print(llm_query('fail'), llm_query_batched(['a', 'fail', 'b']))")
    assert result.stdout == "Error: the provider said no ['echo:a', 'Error: the provider said no', 'echo:b']\n"
    assert responses(result) == ["echo:a", "echo:b"]
    assert result.stderr == ""


def test_empty_ones(lend: MakeBench) -> None:
    run = lend(model=lambda _: "")
    result = run("print(llm_query('empty'))\nprint(llm_query(''))\nprint(llm_query_batched([]))")
    assert result.stdout.splitlines() == [
        'Error: host (model "small", no base URL) answered without any text (stop).',
        "Error: The prompt is empty: nothing was asked.",
        "[]",
    ]


def test_messages_as_prompt_and_lone_surrogates(run: Bench) -> None:
    run("llm_query([{'role': 'user', 'content': 'x\\ud800y \\ud83d\\ude00'}])")
    assert run.router.asked == [([[{"role": "user", "content": "x\ufffdy \U0001f600"}]], None, 1)]


def test_what_cannot_be_sent_is_a_text(run: Bench) -> None:
    result = run("print(llm_query(object()))\nprint(llm_query('x' * 70_000_000))\nllm_query_batched('abc')")
    assert "Error: LM query failed - Object of type object is not JSON serializable\n" in result.stdout
    assert "the limit is 67108864; ask about a part of it at a time\n" in result.stdout
    assert "TypeError: prompts must be a list" in result.stderr
    assert run.router.asked == []


def length(request: dict[str, Any]) -> str:
    return str(len(request["messages"][0]["content"]))


def pieces(run: Bench) -> list[int]:
    return [len(prompts) for prompts, _, _ in run.router.asked]


def test_a_batch_of_much_text_goes_in_pieces_and_its_answers_come_in_order(lend: MakeBench) -> None:
    run = lend(model=length)
    result = run("print(llm_query_batched(['x' * (3_000_000 + n) for n in range(8)]))")
    assert result.stdout == f"{[str(3_000_000 + n) for n in range(8)]}\n", result.stderr
    assert sum(pieces(run)) == 8 and len(pieces(run)) > 1


def test_characters_of_many_bytes_go_in_smaller_pieces(make_forked: MakeBench) -> None:
    run = make_forked(model=length)
    assert run("print(llm_query_batched(['\\1' * 6_000_000] * 2))").stdout == "['6000000', '6000000']\n"
    assert pieces(run) == [1, 1]


def test_one_prompt_that_no_message_holds_costs_the_others_nothing(make_forked: MakeBench) -> None:
    run = make_forked(model=length)
    result = run("said = llm_query_batched(['ab', 'x' * 70_000_000, 'abc'])\nprint(said[0], said[1][:24], said[2])")
    assert result.stdout == "2 Error: LM query failed - 3\n"


class Answering(SubCalls):
    """At once, and nothing is booked."""

    def sub_calls(
        self, prompts: list[Any], model: str | None, depth: int, schema: Any = None
    ) -> list[RLMChatCompletion]:
        self.asked.append((prompts, model, depth))
        return [completion("x")] * len(prompts)


def test_more_prompts_than_one_message_has_go_in_pieces(make_forked: MakeBench) -> None:
    run = make_forked(router=Answering(StopSignal()))
    assert run("print(len(llm_query_batched(['x'] * 100_001)))").stdout == "100001\n"
    assert pieces(run) == [100_000, 1]


def test_of_a_prompt_and_its_reply_no_more_is_kept_than_the_log_has(lend: MakeBench) -> None:
    run = lend(model=length)
    result = run("llm_query_batched(['x' * 1_000_000, [{'role': 'user', 'content': 'y' * 1_000_000}]])")
    assert [len(call.prompt) <= SUB_CALL_CHARS for call in result.rlm_calls] == [True, True]
    assert result.rlm_calls[0].prompt.startswith("xxx")


def test_of_calls_that_nobody_takes_nothing_is_kept(lend: MakeBench) -> None:
    result = lend(model=length, keeps_calls=False)("print(llm_query_batched(['ab', 'abc']))")
    assert (result.stdout, result.rlm_calls) == ("['2', '3']\n", [])


def test_no_handler(make: MakeBench) -> None:
    result = make(lm_handler_address=None)("print(llm_query('a'), rlm_query_batched(['b']))")
    assert result.stdout == "Error: No LM handler configured ['Error: No LM handler configured']\n"


def test_sixteen_threads_wait_at_once(run: Bench) -> None:
    code = """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(16) as pool:
    print(list(pool.map(llm_query, [f'wait {i}' for i in range(16)])))
"""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(run(code)))
    thread.start()
    assert run.router.arrived(16)
    run.router.release()
    thread.join(30)
    assert results[0].stdout == str([f"echo:wait {i}" for i in range(16)]) + "\n"
    assert sorted(responses(results[0])) == sorted(f"echo:wait {i}" for i in range(16))


def test_more_requests_than_threads_in_the_worker(run: Bench) -> None:
    code = """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(90) as pool:
    print(sum(len(text) > 0 for text in pool.map(llm_query, map(str, range(300)))))
"""
    result = run(code)
    assert (result.stdout, len(result.rlm_calls)) == ("300\n", 300)


def test_a_call_still_under_way_belongs_to_the_next_code_block(run: Bench) -> None:
    first = run("import threading\nt = threading.Thread(target=lambda: print(llm_query('wait')))\nt.start()")
    assert run.router.arrived()
    assert (first.stdout, responses(first)) == ("", [])
    run.router.release()
    second = run("t.join()")
    assert (second.stdout, responses(second)) == ("echo:wait\n", ["echo:wait"])


def test_children_run_together_within_their_bound_and_in_order(lend: MakeBench) -> None:
    both = threading.Barrier(2)

    def child(prompt: str, model: str | None) -> RLMChatCompletion:
        if prompt == "bad":
            raise RuntimeError("no luck")
        both.wait(30)
        return completion(f"child {prompt} {model}")

    run = lend(OF_A_CHILD, subcall_fn=child)
    result = run("print(rlm_query_batched(['a', 'b'], model='m'))\nprint(rlm_query('bad'))")
    assert result.stdout == "['child a m', 'child b m']\nError: RLM query failed - no luck\n"
    assert responses(result) == ["child a m", "child b m"]
    assert run.router.asked == []


def test_a_malformed_child_is_a_text(lend: MakeBench) -> None:
    result = lend(subcall_fn=lambda prompt, model: 12345)("print(rlm_query('x'))")
    assert "Error: RLM query failed" in result.stdout
    assert responses(result) == []


def test_a_run_stopped_in_a_call_ends_the_run(lend: MakeBench) -> None:
    def child(prompt: str, model: str | None) -> RLMChatCompletion:
        raise RunStopped("budget_exceeded", "no money left")

    run = lend(subcall_fn=child)
    with pytest.raises(RunStopped, match="no money left"):
        run("rlm_query('x')")


def test_a_forked_child_is_told_that_it_cannot_ask(run: Bench) -> None:
    code = """
import os
pid = os.fork()
if pid == 0:
    print(llm_query('x'), flush=True)
    os._exit(0)
os.waitpid(pid, 0)
"""
    assert "not in a forked child" in run(code).stdout
    assert run.router.asked == []


def test_a_forked_child_that_runs_to_the_end_of_the_code_is_gone(run: Bench) -> None:
    run("import os\nif os.fork() == 0: x = 'child'\nelse: os.wait(); x = 'parent'")
    assert run("print(x)").stdout == "parent\n"


class Counting(BaseLM):
    def completion(self, prompt: Any, model: str | None = None) -> str:
        return f"official:{prompt}"

    async def acompletion(self, prompt: Any, model: str | None = None) -> str:
        return f"official:{prompt}"

    def get_usage_summary(self) -> UsageSummary:
        return UsageSummary({})

    def get_last_usage(self) -> ModelUsageSummary:
        return ModelUsageSummary(1, 1, 1)


def test_the_official_socket_protocol_serves_where_no_router_does(make: MakeBench) -> None:
    run = make(route=lambda address: None)
    handler = LMHandler(client=Counting(model_name="m"))
    handler.start()
    try:
        run.repl.update_handler_address(handler.address)
        assert run.repl.lm_handler_address == handler.address
        result = run("print(llm_query('a'), llm_query_batched(['b', 'c']))")
    finally:
        handler.stop()
    assert result.stdout == "official:a ['official:b', 'official:c']\n"
    assert len(result.rlm_calls) == 3
