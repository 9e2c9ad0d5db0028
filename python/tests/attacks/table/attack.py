"""What an attack is, and what must be seen of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

ENVIRONMENTS = ("docker", "landlock", "local")
PROGRAMS = Path(__file__).parent.parent / "programs"
NO_EFFECT = "no effect"
INTERPRETER: Final = "interpreter"
REPL: Final = "REPL"


@dataclass(frozen=True)
class Observed:
    """The end of the attack's code block.

    Attributes:
        status: a code block's status; ``gone`` when the REPL ends with it; ``not tried``, where nothing stops it and
            trying would hurt the machine of the tests.
        stdout: of all that was printed, without the white space around it.
        stderr: found in what the model is shown as stderr; None: that is empty.
        final: the answer, when the code block gives one.
        means: how the documentation puts it.
    """

    status: str
    means: str
    stdout: str = ""
    stderr: str | None = None
    final: str | None = None

    def check(self, status: str, stdout: str, stderr: str, final: str | None) -> None:
        shown = f"{stdout[:1000]!r} {stderr[-1000:]!r}"
        assert status == self.status, shown
        assert re.fullmatch(self.stdout, stdout.strip(), re.DOTALL), shown
        assert stderr == "" if self.stderr is None else re.search(self.stderr, stderr), shown
        assert final == self.final


@dataclass(frozen=True)
class Attack:
    """One program, and what it must be seen to do in each environment; None where it has no meaning.

    Attributes:
        own: an INTERPRETER of its own, or a REPL, for what it leaves behind; the others are made in one after another.
        options: of the environment, over those of the suite.
        asked: the sub-calls that it makes; -1 for some.
        called: the calls of the host's tool ``lookup`` that it makes.
        next_status: of the code block that follows.
        overwrites: what a thread left behind may write into the next answer: both are the model's own.
        by_user: why root and another user may see it end differently. In a container it is then made as both, else as
            root, who has the more rights.
    """

    program: str
    docker: Observed | None = None
    local: Observed | None = None
    landlock: Observed | None = None
    own: Literal["interpreter", "REPL"] | None = None
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    asked: int = 0
    called: int = 0
    next_status: str = "ok"
    overwrites: str | None = None
    by_user: str = ""

    @property
    def group(self) -> str:
        return self.program.split("/")[0]

    @property
    def source(self) -> str:
        return (PROGRAMS / f"{self.program}.py").read_text("utf-8")

    def observed(self, environment: str) -> Observed | None:
        return {"docker": self.docker, "landlock": self.landlock, "local": self.local}[environment]


def refused(stderr: str, stdout: str = "") -> Observed:
    return Observed("error", "refused", stdout, stderr)


def prints(stdout: str, means: str = "refused") -> Observed:
    return Observed("ok", means, stdout)


def fails(stderr: str, stdout: str = "") -> Observed:
    return Observed("error", "fails, REPL goes on", stdout, stderr)


def died(stderr: str = "", stdout: str = "") -> Observed:
    told = f"{stderr}.*interpreter restarted; (no )?variables lost"
    return Observed("interpreter_died", "interpreter restarted", stdout, f"(?s){told}")


def gone(stderr: str) -> Observed:
    return Observed("gone", "run fails, `environment_died`", "", stderr)


def gets_through(stdout: str) -> Observed:
    return Observed("ok", "**gets through**", stdout)


HARMLESS = Observed("ok", NO_EFFECT)
INTERRUPTED = Observed("timed_out", "times out, variables kept", "", "timed out after .* s; variables kept")
KILLED = Observed("timed_out", "times out, interpreter restarted", "", "timed out after .* s; interpreter restarted")
AS_IN_LANDLOCK = Observed("not tried", "as in `landlock` (not tried)")
"""Where the same code does it, and it takes long."""

NOT_STOPPED = Observed("not tried", "**not stopped** (not tried)")
