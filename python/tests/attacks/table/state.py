"""The interpreter's own state: what a code block leaves rebound, poisoned or hostile for the one after it."""

from __future__ import annotations

from .attack import AS_IN_LANDLOCK, HARMLESS, INTERPRETER, KILLED, Attack, Observed, died, fails, prints

SHORT = {"cellTimeoutMs": 300}
UNREADABLE = fails("answer could not be read")


def both(program: str, observed: Observed, **more: object) -> Attack:
    return Attack(f"state/{program}", observed, observed, observed, **more)


def one(program: str, observed: Observed, **more: object) -> Attack:
    """Not in `local`: it takes time, and the kernel is the same."""
    return Attack(f"state/{program}", observed, AS_IN_LANDLOCK, observed, **more)


STATE = [
    both("answer_of_another_type", HARMLESS),
    both("answer_deleted", HARMLESS),
    both("answer_subclass", HARMLESS),
    both("answer_that_lies_about_its_class", HARMLESS),
    both("ready_that_raises", UNREADABLE),
    one("ready_that_hangs", KILLED, own=INTERPRETER, options=SHORT),
    both("content_with_hostile_methods", HARMLESS),
    both("content_that_cannot_be_text", UNREADABLE),
    both("content_that_is_not_text", UNREADABLE),
    both("content_without_end", UNREADABLE),
    one("giant_answer", fails("the limit is 8000000"), own=INTERPRETER),
    one("large_answer_of_emoji", Observed("ok", "is the answer", final="\N{PILE OF POO}" * 8_000_000), own=INTERPRETER),
    both("rebound_functions", HARMLESS),
    both("rebound_context", HARMLESS),
    both("deleted_context", HARMLESS),
    both("rebound_builtins", HARMLESS),
    both("shadowed_builtins", HARMLESS, own=INTERPRETER),
    both("emptied_builtins", HARMLESS, own=INTERPRETER),
    both("replaced_builtins", HARMLESS, own=INTERPRETER),
    both("import_function", HARMLESS, own=INTERPRETER),
    both("emptied_modules", HARMLESS, own=INTERPRETER),
    both("replaced_modules", HARMLESS, own=INTERPRETER),
    both("poisoned_json", HARMLESS, own=INTERPRETER),
    both("poisoned_codecs", HARMLESS, own=INTERPRETER),
    both("hostile_stream", HARMLESS),
    both("closed_streams", HARMLESS),
    one("hanging_stream", KILLED, own=INTERPRETER, options=SHORT),
    both("hostile_repr", HARMLESS),
    both("hostile_metaclass", HARMLESS),
    both("hostile_name", HARMLESS),
    both("hostile_key", HARMLESS),
    both("hostile_global_name", died(), own=INTERPRETER),
    both("hostile_exception", fails("Fault")),
    one("endless_exception", KILLED, own=INTERPRETER, options=SHORT),
    both("exception_that_lies_about_its_class", fails("Fault")),
    both("giant_exception", fails("\\[cut\\]"), own=INTERPRETER),
    both("circular_exception", fails("first")),
    both("trace_function", HARMLESS),
    both("profile_function", fails("SystemExit: profile")),
    both("recursion_limit", HARMLESS),
    both("signal_handlers", HARMLESS),
    both("working_folder", HARMLESS),
    both("audit_hook", Observed("ok", "code blocks fail, and say why"), own=INTERPRETER, next_status="error"),
    both("reaches_the_interpreter", prints("reached", "no effect")),
    both("breaks_the_interpreter", died(), own=INTERPRETER),
    both("imports_the_kernel", prints("\\[\\]", "not found")),
    both("late_thread", HARMLESS, own=INTERPRETER, overwrites="FORGED"),
]
