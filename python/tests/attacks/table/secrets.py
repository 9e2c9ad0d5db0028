"""The provider's key, which the run of the test really has. Each runs in a real run of a real worker."""

from __future__ import annotations

from .attack import Attack, prints

CLEAN = prints("clean", "not there")
SEARCHED = prints("clean True", "not there")
DESCRIPTORS = (
    "\\[\\(0, '/dev/null'\\), \\(1, 'pipe'\\), \\(2, 'pipe'\\), \\(3, 'socket'\\)(, \\(\\d+, '(/dev/null|pipe)'\\))*\\]"
)

SECRETS = [
    Attack("secrets/environment", prints("clean\n\\[\\]", "not there"), prints("clean\n\\[\\]", "not there")),
    Attack("secrets/environment_of_every_process", CLEAN),
    Attack("secrets/command_lines", CLEAN, CLEAN),
    Attack("secrets/own_memory", SEARCHED, SEARCHED),
    Attack("secrets/own_objects", CLEAN, CLEAN),
    Attack("secrets/files", SEARCHED),
    Attack("secrets/error_of_a_sub_call", SEARCHED, SEARCHED, asked=1),
    Attack("secrets/inherited_descriptors", prints(DESCRIPTORS, "none"), prints(DESCRIPTORS, "none")),
]
