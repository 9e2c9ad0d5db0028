"""Where a run of ours differs, on purpose, from the official ``RLM`` of rlms 0.1.3 given the same scripted models.

Everything else, message by message, is the same; ``tests/loop/test_fidelity.py`` compares them.
"""

from __future__ import annotations

from typing import NamedTuple


class Deviation(NamedTuple):
    """``what`` differs, and ``why`` the official way was not kept."""

    name: str
    what: str
    why: str


DEVIATIONS = (
    Deviation(
        "default answer is asked by the user",
        "the request after the last iteration ends with a message of role user, not assistant",
        "current Claude models refuse a request that ends with an assistant message (400, prefill)",
    ),
    Deviation(
        "an answer in the REPL is not asked for again",
        'exhausted with a non-empty answer["content"]: no extra call is made, the content is the partial answer',
        "the official library ignores it and pays for a call that often returns code",
    ),
    Deviation(
        "exhausted is not answered",
        "the run fails with max_iterations; the text is the partial answer (a child still returns it to its parent)",
        "the official result looks like a success",
    ),
    Deviation(
        "an answer wins over a limit",
        "maxErrors does not discard an answer that was set in the same iteration",
        "the official library raises and loses the answer",
    ),
    Deviation(
        "only failed code counts as an error",
        "maxErrors counts iterations with a code block that raised, timed out or died, not those with text on stderr",
        "a warning on stderr is not an error",
    ),
    Deviation(
        "a system prompt is plain text",
        "braces in systemPrompt stay as they are, except {custom_tools_section}",
        "the official library passes it through str.format, and JSON examples raise KeyError",
    ),
    Deviation(
        "tools are described under every system prompt",
        "with tools, a systemPrompt without {custom_tools_section} gets the section at its end",
        "the official library says nothing of them then, and no model would call them",
    ),
    Deviation(
        "the system prompt says what a run asks for",
        "with schema, requireCoverage or typedSubCalls it ends with a section on each",
        "options of ours; without them nothing is added",
    ),
    Deviation(
        "a refused answer does not end the loop",
        "with schema, validate or requireCoverage it is followed by one message of role user that says what is wrong",
        "options of ours; the official library takes every answer",
    ),
    Deviation(
        "sub-calls can be typed",
        "llm_query, rlm_query and their batches take schema= and return a value that fits it, with one repair",
        "an option of ours; without it they are the official functions",
    ),
    Deviation(
        "a reply that is no answer is told, not taken",
        "a refused, empty or unsupported reply of a turn is followed by a user message; three in a row end it",
        "officially an empty assistant message goes into the history, which most providers refuse",
    ),
    Deviation(
        "a cut reply is said to be cut",
        "a turn is followed by one line, and one on stderr of the code block tells of sub-calls",
        "officially nobody learns of it",
    ),
    Deviation(
        "thinking in a text is no text",
        "<think> and its kin are taken out of every reply before code is looked for",
        "code inside of it was run, and its answer ended the run",
    ),
    Deviation(
        "code that was not run is said not to have been",
        "a response with a fenced block of which nothing was run, or that a fence cut, is followed by one line on why",
        "officially the model waits for output that never comes",
    ),
    Deviation(
        "the sub model serves every sub-call",
        "children and their llm_query calls use subModel; model= is honoured for the run's two models only",
        "officially they use the root model below depth 1, and any model that generated code names",
    ),
    Deviation(
        "context windows are right",
        "compaction starts at 85% of the model's real window, where one is known",
        "the official table gives gpt-4.1 8,192 tokens and unknown models 128,000",
    ),
    Deviation(
        "the context is byte for byte",
        "a context with \\r\\n or \\r reaches the REPL, and prompts made from it, unchanged",
        "the official REPLs write and read it in text mode, which turns both into \\n",
    ),
    Deviation(
        "SHOW_VARS is up to date",
        "in local, SHOW_VARS() lists the variables of the running code block too, and not the loader's own `f`",
        "the official one shows the variables before the block, and leaks the file object that loaded the context",
    ),
    Deviation(
        "maxOutputChars",
        "REPL output is cut at maxOutputChars when that is not the official 20,000",
        "an option of ours",
    ),
    Deviation(
        "errors name what to do",
        "the text after `Error: ` of a failed or refused sub-call is ours",
        "the official text is the SDK's exception, which may quote parts of the key",
    ),
    Deviation(
        "variables set before an exception stay",
        "a code block that raises keeps what it assigned until then",
        "the official local environment forgets it",
    ),
    Deviation(
        "the loader leaves no variables",
        "SHOW_VARS lists what the model made, and the context",
        "the official environments list the file handle that loaded the context",
    ),
    Deviation(
        "a traceback begins in the code block",
        "docker tracebacks leave out the frame of the program that runs the code block",
        "it is not the model's, and its line number changes with the program",
    ),
    Deviation(
        "leaving a code block is not an error",
        "sys.exit(0) ends a block quietly; other BaseExceptions are reported as errors, and the answer is kept",
        "officially they lose the answer, or end the worker",
    ),
    Deviation(
        "answers of lists and dicts are JSON",
        'a list or dict in answer["content"] becomes JSON text',
        "the official text is a Python repr, which no caller can parse",
    ),
    Deviation(
        "output is bounded while it is captured",
        "beyond 1,000,000 characters a stream is dropped and counted",
        "the official REPLs hold all of it in memory",
    ),
    Deviation(
        "deleted is deleted",
        "a variable removed with del is gone in the next code block",
        "the official local environment brings it back",
    ),
    Deviation(
        "builtins are whole",
        "local has Python's builtins; nothing is withheld",
        "the official local environment withholds some, class statements among them, and protects nothing by it",
    ),
)
