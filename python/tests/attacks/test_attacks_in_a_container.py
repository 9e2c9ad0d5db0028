"""The attacks on ``landlock`` where it is for: inside a default container, without a daemon in reach, as root and,
where it may matter, as another user."""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from needs import IMAGE
from repl_harness import Bench, MakeBench, benches

from attacks.making import OPTIONS, make_the_attack
from attacks.table import REPL, Attack, tried
from rlm_worker.cancel import StopSignal
from rlm_worker.environments import warm
from rlm_worker.environments.landlock.launcher import LandlockLauncher
from rlm_worker.environments.options import LandlockOptions
from rlm_worker.environments.process import KernelProcess, Spawned
from rlm_worker.kernel import bundle

pytestmark = [pytest.mark.slow, pytest.mark.docker]

USERS = {"root": "0:0", "another user": "1234:1234"}
FILE = "/srv/file"
TARGETS = {"hostFile": FILE, "port": 22, "abstractSocket": "none", "unixSocket": "/srv/socket"}
FREE_OF_PLACE = ("protocol", "secrets", "state")
"""Groups that are made outside of a container: nothing in them depends on where they are."""

BOUNDS = "resources"
"""The group whose limits are the same for everybody, but for those that say why not."""

ATTACKS = [
    pytest.param(user, attack, id=f"{attack.program}-{user}")
    for attack in tried("landlock", in_runs=False)
    if attack.group not in FREE_OF_PLACE and "flood" not in attack.program
    for user in (USERS if attack.group != BOUNDS or attack.by_user else ["root"])
]


@pytest.fixture(scope="module")
def container() -> Iterator[str]:
    name = f"rlm-test-landlock-{uuid.uuid4().hex[:12]}"
    start = ["run", "--detach", "--rm", "--name", name, "--entrypoint", "sleep", IMAGE, "1000"]
    _docker(*start)
    _docker("exec", name, "sh", "-c", f"printf 'a file of the host' > {FILE}; chmod 666 {FILE}")
    yield name
    _docker("rm", "--force", name)


class InContainer(LandlockLauncher):
    """Starts the kernel's program in a container that runs, with all that such a process may do."""

    def __init__(self, options: LandlockOptions, container: str, user: str) -> None:
        super().__init__(options)
        self._prefix = ["docker", "exec", "--interactive", "--user", user, container, "python3"]

    def launch(self, stop: StopSignal) -> KernelProcess:
        self._scratch = f"/tmp/rlm-bridge-{self._mark}"
        *flags, program = bundle.arguments()
        makes = f"import os; os.mkdir({self._scratch!r}, 0o700)"
        return KernelProcess(Spawned([*self._prefix, *flags, f"{makes}\n{program}"], os.environ, None))


@contextmanager
def benches_in(container: str, user: str) -> Iterator[MakeBench]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warm, "LandlockLauncher", lambda options: InContainer(options, container, USERS[user]))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
        benches_of = benches("landlock")
        try:
            yield next(benches_of)
        finally:
            next(benches_of, None)


@pytest.fixture(scope="module")
def shared(container: str) -> Iterator[Callable[[str], Bench]]:
    """One REPL of each user for all that leaves nothing to the REPL."""
    opened: dict[str, Bench] = {}
    with ExitStack() as stack:

        def of(user: str) -> Bench:
            if user not in opened:
                make = stack.enter_context(benches_in(container, user))
                opened[user] = make(options=OPTIONS["landlock"], context_payload=TARGETS)
            return opened[user]

        yield of


@pytest.mark.parametrize(("user", "attack"), ATTACKS)
def test_attack(user: str, attack: Attack, shared: Callable[[str], Bench], container: str) -> None:
    if attack.own != REPL:
        make_the_attack(shared(user), "landlock", attack)
        return
    with benches_in(container, user) as make:
        options: dict[str, Any] = {**OPTIONS["landlock"], **attack.options}
        make_the_attack(make(options=options, context_payload=TARGETS), "landlock", attack)


LEAVES = """
import os, time
if os.fork() == 0:
    os.setsid()
    time.sleep(1000)
os.mkdir("closed", 0o300)
open("closed/file", "w").close()
print(os.getcwd())
"""


@pytest.mark.parametrize("user", USERS)
def test_nothing_of_a_repl_is_left_not_even_a_folder_that_its_owner_may_not_read(user: str, container: str) -> None:
    with benches_in(container, user) as make:
        folder = make()(LEAVES).stdout.strip()
        assert folder in _docker("exec", container, "sh", "-c", "ls -d /tmp/*")
    assert folder not in _docker("exec", container, "sh", "-c", "ls -d /tmp/* || true")
    assert folder not in _docker("top", container)


def _docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True).stdout
