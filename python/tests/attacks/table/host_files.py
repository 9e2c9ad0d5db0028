"""Files, devices and settings of the host."""

from __future__ import annotations

from .attack import NOT_STOPPED, Attack, gets_through, prints, refused

MISSING = "Errno 2\\b"
DENIED = "Errno 13\\b"
NOTHING = "\\[\\]"

HOST_FILES = [
    Attack("host_files/read_a_file", refused(MISSING), gets_through("a file of the host.*"), landlock=refused(DENIED)),
    Attack(
        "host_files/ask_about_a_file", refused(MISSING), gets_through("18 bytes"), landlock=gets_through("18 bytes")
    ),
    Attack("host_files/write_a_file", refused(MISSING), gets_through("written"), landlock=refused(DENIED)),
    Attack(
        "host_files/follow_a_symlink", refused(MISSING), gets_through("a file of the host.*"), landlock=refused(DENIED)
    ),
    Attack(
        "host_files/climb_out_of_the_folder",
        refused(MISSING),
        gets_through("a file of the host.*"),
        landlock=refused(DENIED),
    ),
    Attack("host_files/through_proc_root", refused(DENIED), landlock=refused(DENIED)),
    Attack("host_files/through_proc_cwd", refused(DENIED), landlock=refused(DENIED)),
    Attack(
        "host_files/mounts",
        prints("(/etc/resolv.conf\n)?/etc/hostname(\n/etc/hosts)?", "those of the runtime only"),
        landlock=refused(DENIED),
    ),
    Attack(
        "host_files/shared_mounts",
        prints("(/etc/\\S+ (Permission denied|Read-only file system)\n?){3}"),
        landlock=prints("(/etc/\\S+ Permission denied\n?){3}"),
    ),
    Attack(
        "host_files/writable_places",
        prints("\\['/dev/mqueue', '/dev/shm', '/tmp'\\]", "those in memory only"),
        landlock=prints(NOTHING, "its own folder only"),
    ),
    Attack(
        "host_files/run_a_program_of_its_own",
        prints("/tmp Permission denied\n/dev/shm Permission denied"),
        landlock=refused(DENIED),
    ),
    Attack("host_files/sysrq", refused("Errno (2|13|30)\\b"), landlock=refused("Errno (2|13)\\b")),
    Attack("host_files/core_pattern", refused("Errno (13|30)\\b"), landlock=refused("Errno (13|30)\\b")),
    Attack("host_files/kernel_settings", prints(NOTHING), landlock=prints(NOTHING)),
    Attack("host_files/sysfs", prints(NOTHING), landlock=prints(NOTHING)),
    Attack("host_files/cgroup_release_agent", prints(NOTHING), landlock=prints(NOTHING)),
    Attack("host_files/make_a_block_device", refused("Errno 1\\b"), landlock=refused(DENIED)),
    Attack("host_files/make_a_memory_device", refused("Errno 1\\b"), landlock=refused(DENIED)),
    Attack("host_files/devices", prints("\\[\\]\n\\[\\]", "none there"), landlock=refused(DENIED)),
    Attack(
        "host_files/kernel_memory",
        prints("(\\S+ (FileNotFoundError|PermissionError|zeroes)\n?){6}"),
        landlock=prints("(\\S+ (FileNotFoundError|PermissionError)\n?){6}"),
    ),
    Attack("host_files/host_processes", prints(NOTHING, "none seen"), NOT_STOPPED, landlock=refused(DENIED)),
]
