"""A local kernel, forked from the template or started alone: what it is given, and that nothing of it stays."""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from repl_harness import Bench, MakeBench, is_running

from rlm_worker.cancel import StopSignal
from rlm_worker.environments import kernel_template
from rlm_worker.environments.fork import Fork
from rlm_worker.environments.kernel_template import KernelTemplate, kernel_templates
from rlm_worker.environments.template_process import TemplateProcess, can_fork, kernel_variables
from rlm_worker.errors import EnvironmentFailure
from rlm_worker.kernel.processes import descendants

pytestmark = pytest.mark.slow

ESCAPES = {
    "a session of its own": "subprocess.Popen(['sleep', '1000'], start_new_session=True).pid",
    "a cleared environment": "subprocess.Popen(['sleep', '1000'], start_new_session=True, env={}).pid",
    "two forks": """double_fork(lambda: (os.setsid(), time.sleep(1000)))""",
    "two forks, a session and another program": (
        "double_fork(lambda: (os.setsid(), os.execve('/bin/sleep', ['sleep', '1000'], {})))"
    ),
}
DOUBLE_FORK = """
import os, subprocess, time
def double_fork(action):
    reader, writer = os.pipe()
    if os.fork() == 0:
        if os.fork() == 0:
            os.write(writer, str(os.getpid()).encode())
            action()
        os._exit(0)
    os.wait()
    return int(os.read(reader, 20))
"""
KEEPS_FORKING = """
import os, time
if os.fork() == 0:
    os.setsid()
    while True:
        if os.fork():
            os._exit(0)
"""


def until(fact: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def template_pid() -> int:
    template = kernel_templates().get(kernel_variables())
    assert template is not None and template.process is not None
    return template.process.pid


def pids(run: Bench) -> dict[str, int]:
    """The kernel's processes, and one that it started, which left its session."""
    run("import os, subprocess\nchild = subprocess.Popen(['sleep', '1000'], start_new_session=True)")
    supervisor, interpreter, child = map(int, run("print(os.getppid(), os.getpid(), child.pid)").stdout.split())
    return {"supervisor": supervisor, "interpreter": interpreter, "child": child}


@pytest.mark.parametrize("escape", ESCAPES.values(), ids=ESCAPES.keys())
@pytest.mark.parametrize("killed", ["nothing", "supervisor"])
def test_code_that_sets_its_session_forks_twice_clears_its_environment_or_kills_its_parent_leaves_nothing(
    make_forked: MakeBench, escape: str, killed: str
) -> None:
    run = make_forked()
    pid = int(run(f"{DOUBLE_FORK}\nprint({escape})").stdout)
    assert is_running(pid)
    if killed == "supervisor":
        with pytest.raises(EnvironmentFailure, match="the REPL is gone"):
            run("os.kill(os.getppid(), 9); time.sleep(1000)")
    run.repl.cleanup()
    assert not is_running(pid)


def test_code_that_forks_for_ever_and_kills_its_parent_leaves_nothing(make_forked: MakeBench) -> None:
    run, other = make_forked(), make_forked()
    with pytest.raises(EnvironmentFailure, match="the REPL is gone"):
        run(f"{KEEPS_FORKING}\nos.kill(os.getppid(), 9); time.sleep(1000)")
    run.repl.cleanup()
    other.repl.cleanup()
    assert descendants(template_pid()) == []


@pytest.mark.parametrize("killed", ["interpreter", "supervisor", "child"])
def test_nothing_is_left_after_kill_9_of_one_of_its_processes(make_local: MakeBench, killed: str) -> None:
    run = make_local()
    found = pids(run)
    os.kill(found[killed], signal.SIGKILL)
    run.repl.cleanup()
    assert [name for name, pid in found.items() if is_running(pid)] == []


@pytest.mark.parametrize("also", ["nothing", "supervisor"])
def test_a_kernel_outlives_its_template_and_the_next_has_a_new_one(make_forked: MakeBench, also: str) -> None:
    run = make_forked()
    found, template = pids(run), template_pid()
    os.kill(template, signal.SIGKILL)
    until(lambda: not is_running(template))
    if also == "supervisor":
        os.kill(found["supervisor"], signal.SIGKILL)
    else:
        assert run("print(6 * 7)").stdout == "42\n"
    run.repl.cleanup()
    assert [name for name, pid in found.items() if is_running(pid)] == []
    assert make_forked()("print(os.getppid() if 'os' in globals() else 'clean')").stdout == "clean\n"
    assert template_pid() != template


def test_a_template_that_dies_with_a_kernel_asked_for_is_no_failure(make_forked: MakeBench) -> None:
    template = template_pid()
    os.kill(template, signal.SIGSTOP)
    killer = threading.Timer(0.2, os.kill, (template, signal.SIGKILL))
    killer.start()
    assert make_forked()("print(6 * 7)").stdout == "42\n"
    killer.join()


def test_fifty_kernels_at_once(make_forked: MakeBench) -> None:
    with ThreadPoolExecutor(50) as pool:
        runs = list(pool.map(lambda _: make_forked(), range(50)))
        shown = list(pool.map(lambda run: run("import os\nprint(os.getppid(), os.environ['HOME'])").stdout, runs))
        assert len(set(shown)) == 50
        list(pool.map(lambda run: run.repl.cleanup(), runs))
    assert descendants(template_pid()) == []
    assert not any(os.path.exists(line.split()[1]) for line in shown)


def test_code_reaches_neither_the_descriptors_nor_the_memory_of_template_or_supervisor(make_forked: MakeBench) -> None:
    run = make_forked()
    reach = """
import os
def tried(path):
    try: return os.listdir(path) if os.path.isdir(path) else open(path, 'rb').read(1)
    except OSError as error: return type(error).__name__
parent = os.getppid()
template = int(open(f'/proc/{parent}/stat').read().rpartition(')')[2].split()[1])
print([tried(f'/proc/{pid}/{what}') for pid in (parent, template) for what in ('fd', 'mem', 'environ')])
"""
    if os.geteuid() == 0:  # who may do anything, also here
        reach = reach.replace("import os\n", "import os\nos.setgid(65532)\nos.setuid(65532)\n", 1)
    assert run(reach).stdout == f"{['PermissionError'] * 6}\n"


def test_a_kernel_holds_no_descriptor_of_another(make_forked: MakeBench) -> None:
    count = "import os\nprint(sorted(map(int, os.listdir('/proc/self/fd'))))"
    first, *_, last = [make_forked() for _ in range(4)]
    assert first(count).stdout == last(count).stdout


def test_it_has_the_environment_and_limits_of_one_that_is_started_alone(
    make_forked: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"openFiles": 300, "memoryMb": 700, "fileSizeMb": 3}
    show = """
import gc, os, resource, signal, sys
hidden = {os.environ['HOME'], os.environ['RLM_BRIDGE_KERNEL']}
print({name: '*' if value in hidden else value for name, value in sorted(os.environ.items())})
print(os.getcwd() == os.environ['HOME'] == os.environ['TMPDIR'], os.umask(0o77), os.getpgid(0) == os.getpid())
print(sorted((name, resource.getrlimit(getattr(resource, name))) for name in dir(resource) if name[:7] == 'RLIMIT_'))
print([signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE, signal.SIGHUP)])
print(hash('text'), list({f'name {i}' for i in range(50)}), gc.isenabled(), gc.get_threshold(), sys.argv, sys.path)
print(sorted(name for name in sys.modules), sorted(map(int, os.listdir('/proc/self/fd'))))
"""
    forked = make_forked(options)
    monkeypatch.setattr(kernel_template, "can_fork", lambda: False)
    started = make_forked(options)
    assert forked(show).stdout == started(show).stdout
    environ = "print(open('/proc/self/environ').read().count('RLM_BRIDGE_KERNEL=' + os.environ['RLM_BRIDGE_KERNEL']))"
    assert forked(environ).stdout == started(environ).stdout == "1\n"


def test_limits_are_of_each_kernel(make_forked: MakeBench) -> None:
    show = "import resource\nprint(resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    small, large = make_forked({"openFiles": 256}), make_forked({"openFiles": 512})
    assert (small(show).stdout, large(show).stdout) == ("256\n", "512\n")
    at_the_limit = "import os\nfor _ in range(300): os.dup(1)"
    assert "Too many open files" in small(at_the_limit).stderr
    assert large("import os\nfor _ in range(300): os.dup(1)").stderr == ""


def test_another_environment_of_the_worker_has_another_template(
    make_forked: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_forked()
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    second = make_forked()
    show = "import os, time\nprint(os.environ.get('TZ'), time.tzname[0])"
    assert second(show).stdout == "Asia/Tokyo JST\n"
    assert first(show).stdout != "Asia/Tokyo JST\n"


def test_descriptors_of_the_worker_are_given_back(make_local: MakeBench) -> None:
    make_local().repl.cleanup()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(2):
        make_local().repl.cleanup()
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_fork_that_the_machine_refuses_is_told_with_the_limit(make_forked: MakeBench) -> None:
    """The template's own limit, and not this process's."""
    resource.prlimit(template_pid(), resource.RLIMIT_NOFILE, (16, 16))
    try:
        with pytest.raises(EnvironmentFailure, match="ulimit -n") as failure:
            for _ in range(20):
                make_forked()
        assert failure.value.code == "system_limit_reached"
    finally:
        kernel_templates().close()


@pytest.fixture
def shared() -> Iterator[TemplateProcess]:
    """A template that this process has started for others."""
    process = TemplateProcess(kernel_variables())
    yield process
    process.control.close()
    process.wait(60)
    assert not is_running(process.pid)


def forked_by(template: KernelTemplate, folder: Path) -> Fork:
    """A kernel that waits for its configuration, and so for its end."""
    kernel = template.fork(str(folder), "0" * 32, {}, StopSignal())
    until(lambda: kernel.pid)
    return kernel


def test_workers_that_share_a_template_do_not_reach_the_kernels_of_each_other(
    shared: TemplateProcess, tmp_path: Path
) -> None:
    one, other = KernelTemplate(shared.connect()), KernelTemplate(shared.connect())
    its, theirs = forked_by(one, tmp_path), forked_by(other, tmp_path)
    assert its.pid is not None and theirs.pid is not None
    assert one.kill(theirs.pid) and one.kill(its.pid)
    assert its.wait(60) == -signal.SIGKILL
    assert is_running(theirs.pid)
    theirs.kill()
    assert theirs.wait(60) == -signal.SIGKILL
    for template in (one, other):
        template.retire()
        template.wait(60)


def test_the_end_of_a_worker_ends_its_kernels_and_no_others(shared: TemplateProcess, tmp_path: Path) -> None:
    one, other = KernelTemplate(shared.connect()), KernelTemplate(shared.connect())
    its, theirs = forked_by(one, tmp_path), forked_by(other, tmp_path)
    one.retire()
    one.wait(60)
    assert its.wait(60) == -signal.SIGKILL
    assert other.is_alive and theirs.pid is not None and is_running(theirs.pid)
    theirs.close()
    other.retire()
    other.wait(60)


def test_kernels_are_forked_on_linux() -> None:
    assert can_fork() == sys.platform.startswith("linux")
