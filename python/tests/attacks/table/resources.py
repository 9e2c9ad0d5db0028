"""More of the machine than a code block is given, and deaths of its own making."""

from __future__ import annotations

from .attack import (
    HARMLESS,
    INTERPRETER,
    INTERRUPTED,
    KILLED,
    NOT_STOPPED,
    REPL,
    Attack,
    Observed,
    died,
    fails,
    prints,
    refused,
)

SHORT = {"cellTimeoutMs": 300}
COUNTED = "root's processes are counted by no limit"
ENDED = "root's interpreter has another real user than the supervisor that ends it"
WRITTEN = "root may write where another user may not"
OUT_OF_MEMORY = died("out of memory")
PLENTY = "x[x\n]{999998,1000000}"
DROPPED = "\\[\\d{8} more bytes were printed and dropped\\]"
SHOUTED = "[x\n]*(\\.{3} \\[\\d+ more bytes were printed and dropped\\])?"

RESOURCES = [
    Attack(
        "resources/fork_bomb",
        fails("Errno 11\\b", "fewer than 64: True"),
        NOT_STOPPED,
        own=REPL,
        landlock=fails("Errno 11\\b", "fewer than 64: True"),
        by_user=COUNTED,
    ),
    Attack(
        "resources/exponential_fork_bomb",
        Observed("timed_out", "times out", "", ""),
        NOT_STOPPED,
        own=REPL,
        options=SHORT,
        landlock=Observed("timed_out", "times out", "", ""),
        by_user=COUNTED,
    ),
    Attack(
        "resources/thread_bomb",
        fails("can't start new thread"),
        NOT_STOPPED,
        own=INTERPRETER,
        landlock=fails("can't start new thread"),
        by_user=COUNTED,
    ),
    Attack(
        "resources/memory_bomb", OUT_OF_MEMORY, fails("MemoryError"), own=INTERPRETER, landlock=fails("MemoryError")
    ),
    Attack(
        "resources/memory_bomb_in_a_child",
        prints("status 9", "only the child dies"),
        own=INTERPRETER,
        landlock=prints("status 0", "only the child fails"),
    ),
    Attack(
        "resources/shared_memory_bomb",
        OUT_OF_MEMORY,
        fails("Errno 12\\b"),
        own=INTERPRETER,
        landlock=fails("Errno 12\\b"),
    ),
    Attack(
        "resources/compile_bomb", OUT_OF_MEMORY, fails("MemoryError"), own=INTERPRETER, landlock=fails("MemoryError")
    ),
    Attack(
        "resources/fill_tmp",
        fails("Errno 28\\b"),
        NOT_STOPPED,
        own=REPL,
        landlock=refused("Errno 13\\b"),
        by_user=WRITTEN,
    ),
    Attack("resources/fill_its_folder", fails("Errno 28\\b"), NOT_STOPPED, landlock=NOT_STOPPED, own=REPL),
    Attack(
        "resources/fill_shared_memory",
        fails("Errno 28\\b"),
        NOT_STOPPED,
        own=REPL,
        landlock=refused("Errno 13\\b"),
        by_user=WRITTEN,
    ),
    Attack("resources/fill_root", fails("Errno 30\\b"), landlock=refused("Errno 13\\b"), by_user=WRITTEN),
    Attack("resources/giant_file", None, fails("Errno 27\\b"), own=REPL, landlock=fails("Errno 27\\b")),
    Attack(
        "resources/descriptors",
        fails("Errno 24\\b"),
        fails("Errno 24\\b"),
        own=INTERPRETER,
        landlock=fails("Errno 24\\b"),
    ),
    Attack(
        "resources/descriptors_by_sockets",
        fails("Errno 24\\b"),
        fails("Errno 24\\b"),
        own=INTERPRETER,
        landlock=fails("Errno 24\\b"),
    ),
    Attack("resources/busy_loop", INTERRUPTED, INTERRUPTED, own=INTERPRETER, options=SHORT, landlock=INTERRUPTED),
    Attack(
        "resources/busy_in_c",
        Observed("timed_out", "times out", "", ""),
        None,
        own=INTERPRETER,
        options=SHORT,
        landlock=Observed("timed_out", "times out", "", ""),
    ),
    Attack(
        "resources/ignores_the_interrupt",
        KILLED,
        KILLED,
        own=INTERPRETER,
        options=SHORT,
        landlock=KILLED,
        by_user=ENDED,
    ),
    Attack("resources/swallows_the_interrupt", KILLED, None, own=INTERPRETER, options=SHORT, landlock=KILLED),
    Attack("resources/blocks_the_interrupt", KILLED, None, own=INTERPRETER, options=SHORT, landlock=KILLED),
    Attack("resources/stops_itself", KILLED, KILLED, own=INTERPRETER, options=SHORT, landlock=KILLED),
    Attack(
        "resources/flood_of_output",
        Observed("ok", "cut at 1 MB", f"{PLENTY}.*{DROPPED}"),
        own=INTERPRETER,
        landlock=Observed("ok", "cut at 1 MB", f"{PLENTY}.*{DROPPED}"),
    ),
    Attack(
        "resources/flood_without_a_newline",
        Observed("ok", "cut at 1 MB", "", f"x{{1000000}}\\s.*{DROPPED}"),
        own=INTERPRETER,
        landlock=Observed("ok", "cut at 1 MB", "", f"x{{1000000}}\\s.*{DROPPED}"),
    ),
    Attack(
        "resources/endless_output_after_the_block",
        Observed("ok", "held for the next code block", SHOUTED),
        own=REPL,
        landlock=Observed("ok", "held for the next code block", SHOUTED),
    ),
    Attack(
        "resources/deep_recursion", fails("RecursionError"), fails("RecursionError"), landlock=fails("RecursionError")
    ),
    Attack("resources/c_stack_overflow", died("SIGSEGV"), died("SIGSEGV"), own=INTERPRETER, landlock=died("SIGSEGV")),
    Attack("resources/null_pointer", died("SIGSEGV"), died("SIGSEGV"), own=INTERPRETER, landlock=died("SIGSEGV")),
    Attack("resources/abort", died("SIGABRT"), died("SIGABRT"), own=INTERPRETER, landlock=died("SIGABRT")),
    Attack(
        "resources/exit_without_a_word",
        died("exit status 0"),
        died("exit status 0"),
        own=INTERPRETER,
        landlock=died("exit status 0"),
    ),
    Attack(
        "resources/replaces_its_program",
        died("closed its channel"),
        died("closed its channel"),
        own=INTERPRETER,
        landlock=refused("Errno 13\\b"),
    ),
    Attack(
        "resources/leaves_daemons",
        prints("left(\npid \\d+){5}", "end with the run"),
        prints("left(\npid \\d+){5}", "end with the run"),
        own=REPL,
        landlock=prints("left(\npid \\d+){5}", "end with the run"),
        by_user=ENDED,
    ),
    Attack("resources/huge_repr", HARMLESS, HARMLESS, landlock=HARMLESS),
    Attack("resources/endless_repr", HARMLESS, HARMLESS, landlock=HARMLESS),
    Attack("resources/many_variables", HARMLESS, HARMLESS, own=INTERPRETER, landlock=HARMLESS),
    Attack("resources/endless_variable_name", HARMLESS, HARMLESS, own=INTERPRETER, landlock=HARMLESS),
]
