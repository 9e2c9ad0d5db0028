"""More of the machine than a code block is given, and deaths of its own making."""

from __future__ import annotations

from .attack import (
    HARMLESS,
    INTERRUPTED,
    KILLED,
    NOT_STOPPED,
    Attack,
    Observed,
    died,
    fails,
    prints,
)

SHORT = {"cellTimeoutMs": 300}
OUT_OF_MEMORY = died("out of memory")
PLENTY = "x[x\n]{999998,1000000}"
DROPPED = "\\[\\d{9,10} more bytes were printed and dropped\\]"

RESOURCES = [
    Attack("resources/fork_bomb", fails("Errno 11\\b", "fewer than 64: True"), NOT_STOPPED, own=True),
    Attack("resources/exponential_fork_bomb", Observed("timed_out", "times out", "", ""), NOT_STOPPED, True, SHORT),
    Attack("resources/thread_bomb", fails("can't start new thread"), NOT_STOPPED, own=True),
    Attack("resources/memory_bomb", OUT_OF_MEMORY, fails("MemoryError"), own=True),
    Attack("resources/memory_bomb_in_a_child", prints("status 9", "only the child dies"), own=True),
    Attack("resources/shared_memory_bomb", OUT_OF_MEMORY, fails("Errno 12\\b"), own=True),
    Attack("resources/compile_bomb", OUT_OF_MEMORY, fails("MemoryError"), own=True),
    Attack("resources/fill_tmp", fails("Errno 28\\b"), NOT_STOPPED, own=True),
    Attack("resources/fill_shared_memory", fails("Errno 28\\b"), NOT_STOPPED, own=True),
    Attack("resources/fill_root", fails("Errno 30\\b")),
    Attack("resources/giant_file", None, fails("Errno 27\\b"), own=True),
    Attack("resources/descriptors", fails("Errno 24\\b"), fails("Errno 24\\b"), own=True),
    Attack("resources/descriptors_by_sockets", fails("Errno 24\\b"), fails("Errno 24\\b"), own=True),
    Attack("resources/busy_loop", INTERRUPTED, INTERRUPTED, True, SHORT),
    Attack("resources/busy_in_c", Observed("timed_out", "times out", "", ""), None, True, SHORT),
    Attack("resources/ignores_the_interrupt", KILLED, KILLED, True, SHORT),
    Attack("resources/swallows_the_interrupt", KILLED, None, True, SHORT),
    Attack("resources/blocks_the_interrupt", KILLED, None, True, SHORT),
    Attack("resources/stops_itself", KILLED, KILLED, True, SHORT),
    Attack("resources/gigabyte_of_output", Observed("ok", "cut at 1 MB", f"{PLENTY}.*{DROPPED}"), own=True),
    Attack(
        "resources/gigabyte_without_a_newline",
        Observed("ok", "cut at 1 MB", "", f"x{{1000000}}\\s.*{DROPPED}"),
        own=True,
    ),
    Attack(
        "resources/endless_output_after_the_block",
        Observed("ok", "held for the next code block", "[x\n]*"),
        own=True,
    ),
    Attack("resources/deep_recursion", fails("RecursionError"), fails("RecursionError")),
    Attack("resources/c_stack_overflow", died("SIGSEGV"), died("SIGSEGV"), own=True),
    Attack("resources/null_pointer", died("SIGSEGV"), died("SIGSEGV"), own=True),
    Attack("resources/abort", died("SIGABRT"), died("SIGABRT"), own=True),
    Attack("resources/exit_without_a_word", died("exit status 0"), died("exit status 0"), own=True),
    Attack("resources/replaces_its_program", died("closed its channel"), died("closed its channel"), own=True),
    Attack(
        "resources/leaves_daemons",
        prints("left(\npid \\d+){5}", "end with the run"),
        prints("left(\npid \\d+){5}", "end with the run"),
        own=True,
    ),
    Attack("resources/huge_repr", HARMLESS, HARMLESS),
    Attack("resources/endless_repr", HARMLESS, HARMLESS),
    Attack("resources/many_variables", HARMLESS, HARMLESS, own=True),
    Attack("resources/endless_variable_name", HARMLESS, HARMLESS, own=True),
]
