"""The provider's key, which the run of the test really has. Each runs in a real run of a real worker."""

from __future__ import annotations

from .attack import Attack, prints, refused

CLEAN = prints("clean", "not there")
SEARCHED = prints("clean True", "not there")
CLOSED = refused("Errno 13\\b")
DESCRIPTORS = (
    "\\[\\(0, '/dev/null'\\), \\(1, 'pipe'\\), \\(2, 'pipe'\\), \\(3, 'socket'\\)(, \\(\\d+, '(/dev/null|pipe)'\\))*\\]"
)

SECRETS = [
    Attack(
        "secrets/environment",
        prints("clean\n\\[\\]", "not there"),
        prints("clean\n\\[\\]", "not there"),
        landlock=prints("clean\n\\[\\]", "not there"),
    ),
    Attack("secrets/environment_of_every_process", CLEAN, landlock=CLEAN),
    Attack("secrets/command_lines", CLEAN, CLEAN, landlock=CLOSED),
    Attack("secrets/own_memory", SEARCHED, SEARCHED, landlock=CLOSED),
    Attack("secrets/own_objects", CLEAN, CLEAN, landlock=CLEAN),
    Attack("secrets/files", SEARCHED, landlock=prints("clean False", "not there")),
    Attack("secrets/error_of_a_sub_call", SEARCHED, SEARCHED, asked=1, landlock=SEARCHED),
    Attack("secrets/inherited_descriptors", prints(DESCRIPTORS, "none"), prints(DESCRIPTORS, "none"), landlock=CLOSED),
]
