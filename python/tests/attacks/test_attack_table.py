"""The table is whole: every program is in it, and the documentation says what it says."""

from __future__ import annotations

from collections import Counter

from attacks.document import COMMAND, PAGE, documented, generated
from attacks.table import ATTACKS, ENVIRONMENTS, PROGRAMS

LEAST = 50


def test_every_program_is_in_the_table_once() -> None:
    programs = [str(path.relative_to(PROGRAMS).with_suffix("")) for path in PROGRAMS.rglob("*.py")]
    assert Counter(attack.program for attack in ATTACKS) == Counter(programs)


def test_every_attack_is_made_somewhere() -> None:
    observed = {attack.program: [attack.observed(kind) for kind in ENVIRONMENTS] for attack in ATTACKS}
    idle = [name for name, seen in observed.items() if all(one is None or one.status == "not tried" for one in seen)]
    assert idle == []
    assert sum(docker is not None for docker, *_ in observed.values()) >= LEAST


def test_nothing_gets_through_in_docker() -> None:
    assert [attack.program for attack in ATTACKS if attack.docker and "**" in attack.docker.means] == []


def test_what_landlock_does_not_stop() -> None:
    """And no attack of the table is left out of it."""
    assert [attack.program for attack in ATTACKS if attack.landlock is None] == []
    open_in_landlock = [attack.program for attack in ATTACKS if attack.landlock and "**" in attack.landlock.means]
    assert open_in_landlock == ["host_files/ask_about_a_file", "resources/fill_its_folder"]


def test_the_page_says_what_the_table_says() -> None:
    assert documented(PAGE.read_text("utf-8")) == generated(), f"docs/sandbox.md is out of step: {COMMAND}"
