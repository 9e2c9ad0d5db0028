"""A process that has confined itself, with each version of Landlock: what it can do, and what it cannot any more."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from confined_process import VERSIONS, Confined, confined_processes


@pytest.fixture(scope="module")
def confined() -> Iterator[Confined]:
    with confined_processes() as confined:
        yield confined


versions = pytest.mark.parametrize("version", VERSIONS)

FILES = """
outside, packages = given["packages"][0] + "/../outside", given["packages"][0]
attempt("reads", lambda: open(outside).read())
attempt("writes", lambda: open(outside, "w"))
attempt("makes", lambda: open(outside + "2", "w"))
attempt("removes", lambda: os.remove(outside))
attempt("lists", lambda: os.listdir("/"))
attempt("reads /proc", lambda: open("/proc/self/status").read())
attempt("runs", lambda: subprocess.run(["/bin/true"]))
attempt("links", lambda: os.link(outside, "own"))
os.symlink(outside, "symlink")
attempt("follows", lambda: open("symlink").read())
attempt("its own", lambda: open("file", "w").write("four"))
attempt("reads its own", lambda: open("file").read())
attempt("a folder", lambda: os.mkdir("folder"))
attempt("runs its own", lambda: subprocess.run([os.path.abspath("file")]))
attempt("a device", lambda: os.mknod("device", 0o60600, 0))
attempt("reads a package", lambda: open(packages + "/module.py").read())
attempt("writes a package", lambda: open(packages + "/module.py", "w"))
attempt("cuts a package", lambda: os.truncate(packages + "/module.py", 0))
attempt("cuts it by reading", lambda: os.open(packages + "/module.py", os.O_RDONLY | os.O_TRUNC))
attempt("closes a package", lambda: os.chmod(packages + "/module.py", 0))
attempt("closes it by reading", lambda: os.fchmod(os.open(packages + "/module.py", os.O_RDONLY), 0))
attempt("ages a package", lambda: os.utime(packages + "/module.py"))
attempt("gives a package away", lambda: os.chown(packages + "/module.py", 1, 1))
attempt("marks a package", lambda: os.setxattr(packages + "/module.py", "user.x", b"x"))
attempt("freezes a package", lambda: fcntl.ioctl(os.open(packages + "/module.py", os.O_RDONLY), 0x40086602, b"\\0" * 8))
prints = [sys.executable, "-c", "print(6 * 7)"]
attempt("runs Python", lambda: subprocess.run(prints, capture_output=True, text=True).stdout)
attempt("imports", lambda: __import__("sqlite3").connect("base").execute("select 1").fetchone()[0])
attempt("variables", dict(os.environ))
"""


@versions
def test_files(confined: Confined, version: int | None, tmp_path: Path) -> None:
    packages, scratch = tmp_path / "site-packages", tmp_path / "scratch"
    for folder in (packages, scratch):
        folder.mkdir()
    (tmp_path / "outside").write_text("outside")
    (packages / "module.py").write_text("module")
    found = confined(FILES, scratch, version=version, packages=(str(packages),))
    assert found == {
        **dict.fromkeys(("reads", "writes", "makes", "removes", "lists", "reads /proc", "runs", "follows"), "EACCES"),
        "links": "EXDEV",
        "its own": 4,
        "reads its own": "four",
        "a folder": None,
        "runs its own": "EACCES",
        "a device": "EACCES",
        "reads a package": "module",
        "writes a package": "EACCES",
        **dict.fromkeys(("cuts a package", "cuts it by reading"), "EPERM" if version in (1, 2) else "EACCES"),
        **dict.fromkeys(("closes a package", "closes it by reading", "ages a package"), "EPERM"),
        "gives a package away": "EPERM",
        "marks a package": "ENOTSUP",
        "freezes a package": "ENOTTY",
        "runs Python": "42\n",
        "imports": 1,
        "variables": {"KEPT": "1"},
    }
    assert (packages / "module.py").read_text() == "module"
    assert not (tmp_path / "outside2").exists()


SIGNALS = """
reader, writer = os.pipe()
attempt("to another", lambda: os.kill(os.getppid(), 0))
attempt("to its group", lambda: os.killpg(os.getpgid(os.getppid()), 0))
attempt("by a file", lambda: fcntl.fcntl(reader, fcntl.F_SETOWN, os.getppid()))
attempt("of a file", lambda: fcntl.fcntl(reader, fcntl.F_SETSIG, signal.SIGKILL))
attempt("to itself", lambda: os.kill(os.getpid(), 0))
attempt("to its thread", lambda: signal.pthread_kill(threading.get_ident(), 0))
child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
attempt("to its child", lambda: child.kill())
child.stdin.close()
attempt("its child", lambda: child.wait())
attempt("limits of another", lambda: __import__("resource").prlimit(os.getppid(), 7, (9, 9)))
attempt("rank of another", lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 19))
attempt("rank of a user", lambda: os.setpriority(os.PRIO_USER, 0, 19))
attempt("rank of its own", lambda: os.setpriority(os.PRIO_PROCESS, 0, 19))
attempt("processors", lambda: os.sched_setaffinity(0, range(64)))
attempt("how many", lambda: len(os.sched_getaffinity(0)))
"""


@versions
def test_other_processes(confined: Confined, version: int | None, tmp_path: Path) -> None:
    found = confined(SIGNALS, tmp_path, version=version)
    sees_signals = version is None or version >= 6
    assert found == {
        **dict.fromkeys(("to another", "to its group", "by a file", "of a file"), "EPERM"),
        **dict.fromkeys(("to itself", "to its thread"), None),
        "to its child": None if sees_signals else "EPERM",
        "its child": -signal.SIGKILL if sees_signals else 1,
        **dict.fromkeys(("limits of another", "rank of another", "rank of a user", "processors"), "EPERM"),
        "rank of its own": None,
        "how many": 1,
    }


SOCKETS = """
for family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, 40):
    attempt(f"family {int(family)}", lambda: socket.socket(family, socket.SOCK_STREAM).close())
attempt("pair of messages", lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM))
one, other = socket.socketpair()
attempt("pair of streams", lambda: (one.send(b"sent"), other.recv(9).decode())[1])
attempt("to an address", lambda: one.sendto(b"x", "/run/x"))
attempt("by a message", lambda: one.sendmsg([b"x"], [], 0, "/run/x"))
attempt("connects", lambda: one.connect("/run/x"))
attempt("binds", lambda: one.bind("x"))
attempt("interfaces", lambda: fcntl.ioctl(one, 0x8912, b"\\0" * 40))
attempt("asyncio", lambda: __import__("asyncio").run(__import__("asyncio").sleep(0, "slept")))
"""


@versions
def test_sockets(confined: Confined, version: int | None, tmp_path: Path) -> None:
    assert confined(SOCKETS, tmp_path, version=version) == {
        **{f"family {family}": "EPERM" for family in (1, 2, 10, 16, 40)},
        **dict.fromkeys(("pair of messages", "to an address", "connects", "binds"), "EPERM"),
        "pair of streams": "sent",
        "by a message": "EISCONN",
        "interfaces": "ENOTTY",
        "asyncio": "slept",
    }


REFUSED = """
machine = system_call_numbers.this_machine()
JUDGED = ("clone", "socketpair", "sendto", "ioctl", "fcntl", "prlimit64", "setpriority", "kill", "tkill", "tgkill")
for name, numbers in system_call_numbers.NUMBERS.items():
    number = numbers[machine.column]
    if number is not None and name not in (*JUDGED, "truncate", "open", "openat", "openat2"):
        libc.syscall(number, -1, 0, 0, 0, 0, 0)
        found[name] = errno.errorcode[ctypes.get_errno()]
libc.syscall(machine.column and 220 or 56, 0x10000000 | 17, 0, 0, 0, 0)
found["a namespace by clone"] = errno.errorcode[ctypes.get_errno()]
"""


def test_no_refused_call_is_made(confined: Confined, tmp_path: Path) -> None:
    found = confined(REFUSED, tmp_path)
    assert len(found) > 120
    expected = {name: "ENOTSUP" if "xattr" in name else "EPERM" for name in found}
    assert found == {**expected, "clone3": "ENOSYS"}


RIGHTS = """
status = ctypes.create_string_buffer(24)
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
attempt("capabilities", lambda: (libc.capget(header, status), any(status.raw))[1])
attempt("no new privileges", lambda: libc.prctl(39, 0, 0, 0, 0))
for name in ("MEMLOCK", "MSGQUEUE", "RTPRIO"):
    attempt(name, lambda: list(__import__("resource").getrlimit(getattr(__import__("resource"), "RLIMIT_" + name))))
def bomb():
    while os.fork():
        found["forks"] = found.get("forks", 0) + 1
    signal.pause()
    os._exit(0)
attempt("bomb", bomb)
"""
ENDS_ITS_CHILDREN = "\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nos.killpg(0, signal.SIGTERM)"


def test_rights_and_processes(confined: Confined, tmp_path: Path) -> None:
    found = confined(RIGHTS + ENDS_ITS_CHILDREN, tmp_path, processes=20)
    assert 10 <= found.pop("forks") < 20
    assert found == {
        "capabilities": False,
        "no new privileges": 1,
        "bomb": "EAGAIN",
        **{name: [0, 0] for name in ("MEMLOCK", "MSGQUEUE", "RTPRIO")},
    }
