"""More rights than a code block has. In ``local`` it has those of the worker's user, and there is nothing to try."""

from __future__ import annotations

from .attack import Attack, fails, prints, refused

NOT_PERMITTED = "-1 (Operation not permitted|Function not implemented)"
NO_CAPABILITIES = "\\{('Cap\\w+': 0(, )?){5}\\}\nNoNewPrivs 1 Seccomp 2"

CLOSED = refused("Errno 13\\b")


def not_permitted(*names: str) -> str:
    return "\n".join(f"{name} {NOT_PERMITTED}".strip() for name in names)


PRIVILEGE = [
    Attack(
        "privilege/identity",
        prints("\\(65532(, 65532){2}\\) \\(65532(, 65532){2}\\) \\[\\]", "an unknown user"),
        landlock=prints("\\(\\d+(, \\d+){2}\\) \\(\\d+(, \\d+){2}\\) \\[.*\\]", "the worker's user"),
    ),
    Attack("privilege/capabilities", prints(NO_CAPABILITIES, "none"), landlock=CLOSED),
    Attack("privilege/become_root", refused("Errno 1\\b"), landlock=refused("Errno 1\\b")),
    Attack("privilege/change_group", refused("Errno 1\\b"), landlock=refused("Errno 1\\b")),
    Attack("privilege/setuid_binary", prints("\\['65532'(, '65532'){3}\\]", "runs as the same user"), landlock=CLOSED),
    Attack("privilege/file_capabilities", refused("Errno (1|30)\\b"), landlock=refused("Errno 95\\b")),
    Attack("privilege/user_namespace", prints(NOT_PERMITTED), landlock=prints(NOT_PERMITTED)),
    Attack("privilege/user_namespace_by_clone", prints(NOT_PERMITTED), landlock=prints(NOT_PERMITTED)),
    Attack(
        "privilege/other_namespaces",
        prints(not_permitted("mount", "uts", "ipc", "pid", "net")),
        landlock=prints(not_permitted("mount", "uts", "ipc", "pid", "net")),
    ),
    Attack("privilege/join_a_namespace", prints(NOT_PERMITTED), landlock=prints(NOT_PERMITTED)),
    Attack(
        "privilege/mount",
        prints(not_permitted("new", "remount", "unmount")),
        landlock=prints(not_permitted("new", "remount", "unmount")),
    ),
    Attack("privilege/chroot", refused("Errno 1\\b"), landlock=refused("Errno 1\\b")),
    Attack("privilege/ptrace_the_supervisor", prints(not_permitted("", "")), landlock=prints(not_permitted("", ""))),
    Attack(
        "privilege/read_the_supervisors_memory",
        prints(f"{NOT_PERMITTED}\n(\\w+ Permission denied\n?){{6}}"),
        landlock=prints(f"{NOT_PERMITTED}\n(\\w+ Permission denied\n?){{6}}"),
    ),
    Attack(
        "privilege/keyrings",
        prints(not_permitted("add_key", "request_key", "keyctl")),
        landlock=prints(not_permitted("add_key", "request_key", "keyctl")),
    ),
    Attack(
        "privilege/io_uring",
        prints(not_permitted("setup", "register")),
        landlock=prints(not_permitted("setup", "register")),
    ),
    Attack(
        "privilege/kernel_programs",
        prints(not_permitted("bpf", "perf_event_open", "userfaultfd", "fanotify_init")),
        landlock=prints(not_permitted("bpf", "perf_event_open", "userfaultfd", "fanotify_init")),
    ),
    Attack(
        "privilege/kernel_modules",
        prints(not_permitted("init_module", "finit_module", "delete_module")),
        landlock=prints(not_permitted("init_module", "finit_module", "delete_module")),
    ),
    Attack("privilege/reboot", prints(NOT_PERMITTED), landlock=prints(NOT_PERMITTED)),
    Attack(
        "privilege/machine_settings",
        prints("(\\w+ PermissionError\n){4}swap -1 Operation not permitted"),
        landlock=prints("(\\w+ PermissionError\n){4}swap -1 Operation not permitted"),
    ),
    Attack("privilege/open_by_handle", prints(NOT_PERMITTED), landlock=CLOSED),
    Attack(
        "privilege/raise_limits",
        prints("(RLIMIT_\\w+ not allowed to raise maximum limit\n?){2}"),
        landlock=prints("(RLIMIT_\\w+ not allowed to raise maximum limit\n?){2}"),
    ),
    Attack(
        "privilege/signal_the_supervisor",
        prints("still here", "no effect"),
        landlock=prints("(\\d+ Operation not permitted\n){64}still here"),
    ),
    Attack("privilege/kill_everything", fails("Errno 3\\b"), landlock=prints("still here", "no effect")),
]
