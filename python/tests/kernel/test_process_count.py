"""How many processes count already is found by trying."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from rlm_worker.kernel import bundle

SOURCES = Path(bundle.__file__).parents[2]
COUNTS = """
import os, signal
from rlm_worker.kernel.process_count import processes_of_this_user
from rlm_worker.kernel.rights import become_countable, give_up_rights

def waiting():
    child = os.fork()
    if child == 0:
        signal.pause()
    return child

become_countable()
give_up_rights()
before = processes_of_this_user()
children = [waiting() for _ in range(5)]
print(before, processes_of_this_user())
for child in children:
    os.kill(child, signal.SIGKILL)
    os.wait()
"""


def test_children_count_and_the_process_itself() -> None:
    environment = {"PYTHONPATH": str(SOURCES)}
    told = subprocess.run([sys.executable, "-c", COUNTS], env=environment, capture_output=True, text=True, check=True)
    before, after = map(int, told.stdout.split())
    assert after == before + 5
    assert os.getuid() != 0 or before == 1
