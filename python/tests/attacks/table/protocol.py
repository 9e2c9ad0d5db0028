"""The pipes of the REPL: forged, broken, flooded and stolen. Each runs in a real run of a real worker."""

from __future__ import annotations

from .attack import AS_IN_LANDLOCK, HARMLESS, INTERRUPTED, KILLED, Attack, Observed, died, gone, prints, refused

SHORT = {"cellTimeoutMs": 300}
REFUSED_FRAME = died("code wrote to the channel of the REPL")
NOT_TEXT = died("not text")
ITS_OWN_ANSWER = Observed("ok", "is the model's own answer", final="FORGED")
PAID = Observed("ok", "made, counted and paid")
MADE = Observed("ok", "made, and reported")
MADE_BOTH = Observed("ok", "made, and reported", "str|dict")
LINE = '\\{"type":"run.completed".*\\}'


def both(program: str, observed: Observed, **more: object) -> Attack:
    return Attack(f"protocol/{program}", observed, observed, observed, **more)


def large(program: str, observed: Observed, **more: object) -> Attack:
    """Not in `local`, whose kernel and pipes are those of `landlock`: it takes seconds."""
    return Attack(f"protocol/{program}", observed, AS_IN_LANDLOCK, observed, **more)


PROTOCOL = [
    both("forged_end_of_the_block", ITS_OWN_ANSWER),
    both("forged_end_of_a_later_block", HARMLESS),
    both("forged_by_a_child", prints("status 0", "no effect")),
    both("forged_by_a_program_it_starts", prints("none", "cannot reach it")),
    both("forged_at_exit", HARMLESS),
    both("forged_final_answer_of_the_run", Observed("ok", "is output of the code block", LINE, LINE)),
    both("forged_draft", HARMLESS),
    large("flood_of_drafts", HARMLESS, options={"memoryMb": 256}),
    both("forged_sub_call", PAID, asked=1),
    both("forged_sub_call_reply", REFUSED_FRAME),
    both("forged_restart", REFUSED_FRAME),
    both("forged_not_a_number", REFUSED_FRAME),
    both("forged_long_number", REFUSED_FRAME),
    both("forged_deep_nesting", REFUSED_FRAME),
    both("forged_lone_surrogates", PAID, asked=1),
    both("growing_end_of_a_block", REFUSED_FRAME),
    large("endless_report", REFUSED_FRAME),
    both("zip_bomb", NOT_TEXT),
    large("zip_bomb_of_texts", NOT_TEXT),
    both("giant_frame", REFUSED_FRAME),
    both("raw_frame", REFUSED_FRAME),
    both("half_a_frame", KILLED, options=SHORT),
    both("noise_on_every_descriptor", died("code wrote to the channel of the REPL", "(\0noise)?")),
    both("closes_every_descriptor", died()),
    both("closes_the_streams", HARMLESS),
    both("shuts_the_channel", died("closed its channel")),
    both("reads_the_channel", INTERRUPTED, options=SHORT, asked=-1),
    large("flood_of_requests", prints("sent 2000", "no effect")),
    large(
        "endless_model_name",
        prints("(Error: LM query failed - the name of a model has at most 1000 characters\n?){10}"),
    ),
    both("strange_prompts", prints("(str ?){11}", "refused, or made as they are"), asked=-1),
    both("forged_schema", REFUSED_FRAME),
    large("forged_schema_text", HARMLESS),
    both("strange_schemas", prints("(Error ?){22}")),
    Attack(  # by the worker, wherever the REPL is
        "protocol/schema_that_multiplies",
        AS_IN_LANDLOCK,
        AS_IN_LANDLOCK,
        asked=1,
        landlock=prints("Error: .* takes too long", "given up in time"),
    ),
    both("forged_tool_call", MADE, called=1),
    both("tool_that_was_never_declared", HARMLESS),
    both("forged_tool_reply", REFUSED_FRAME),
    both("tool_call_with_the_id_of_a_sub_call", MADE_BOTH, asked=1, called=1),
    large("huge_tool_arguments", prints("ValueError \\d+ sent 11", "refused")),
    both("deep_tool_arguments", died("code wrote to the channel of the REPL", "ValueError ValueError")),
    both("tool_arguments_that_are_no_json", died("code wrote to the channel of the REPL", "(\\w+Error ?){9}")),
    large("zip_bomb_of_tool_arguments", NOT_TEXT),
    large("flood_of_tool_calls", prints("sent 2000", "no effect")),
    both(
        "tools_from_every_thread_and_process",
        prints("120 RuntimeError", "made, and reported"),
        called=120,
        options={"memoryMb": 2048},
    ),
    both("replaced_system_calls", HARMLESS),
    both("replaced_modules", HARMLESS),
    Attack(
        "protocol/another_descriptor_of_the_supervisor",
        prints("(\\d Permission denied\n?){10}"),
        landlock=prints("(\\d (Permission denied|No such file or directory)\n?){10}"),
    ),
    Attack(
        "protocol/steals_a_descriptor",
        prints("-1 Operation not permitted"),
        landlock=prints("-1 Operation not permitted"),
    ),
    Attack(
        "protocol/kills_the_supervisor",
        prints("still here", "no effect"),
        gone("the REPL is gone"),
        landlock=refused("Errno 1\\b"),
    ),
]
