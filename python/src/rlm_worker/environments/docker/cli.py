"""Short commands of the container runtime's client, bounded in time, and what their complaints mean."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable
from typing import Literal

from ..._generated.variables import CONTAINER_VARIABLES, PROXY_VARIABLES
from ...cancel import StopSignal
from ...errors import EnvironmentFailure
from ..launcher import not_started

COMMAND_TIMEOUT_S = 20.0
_OWN_VARIABLES = ("HOME", "LANG", "PATH", "TMPDIR", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR")

Trouble = Literal["no_python", "not_running", "no_image", "other"]
_SIGNS: tuple[tuple[Trouble, tuple[str, ...]], ...] = (
    (
        "not_running",
        ("cannot connect to the docker daemon", "is the docker daemon running", "permission denied while trying"),
    ),
    ("not_running", ("cannot connect to podman", "unable to connect to podman")),
    ("no_image", ("no such image", "unable to find image", "image not known", "does not exist locally")),
    ("no_python", ("executable file not found", "no such file or directory: unknown", "not found in $path")),
)


def client_environment() -> dict[str, str]:
    """What the client needs to find its daemon, and nothing of the worker's besides."""
    known = (*_OWN_VARIABLES, *CONTAINER_VARIABLES, *PROXY_VARIABLES)
    return {name: os.environ[name] for name in known if name in os.environ}


def read_trouble(stderr: str) -> Trouble:
    low = stderr.lower()
    for trouble, signs in _SIGNS:
        if any(sign in low for sign in signs):
            return trouble
    return "other"


def run_client(runtime: str, *arguments: str, timeout_s: float = COMMAND_TIMEOUT_S) -> subprocess.CompletedProcess[str]:
    """Raises EnvironmentFailure when the client is missing or does not come back."""
    try:
        return subprocess.run(
            [runtime, *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            env=client_environment(),
            stdin=subprocess.DEVNULL,
            timeout=timeout_s,
            check=False,
        )
    except FileNotFoundError:
        raise missing_client(runtime) from None
    except OSError as error:
        raise not_started(f"{runtime} cannot be started: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        message = f"`{runtime} {arguments[0]}` did not answer within {timeout_s:g} s; is the daemon well?"
        raise EnvironmentFailure("container_runtime_not_running", message) from None


def watch_client(
    runtime: str, *arguments: str, timeout_s: float, stop: StopSignal, on_line: Callable[[str], None]
) -> str | None:
    """A long command, line by line. None when it succeeded, else its last words. Raises RunStopped."""
    try:
        process = subprocess.Popen(
            [runtime, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=client_environment(),
        )
    except FileNotFoundError:
        raise missing_client(runtime) from None
    except OSError as error:
        raise not_started(f"{runtime} cannot be started: {error.strerror}") from None
    late = StopSignal()
    forget = stop.on_stop(process.kill)
    timer = threading.Timer(timeout_s, lambda: (late.stop("late", ""), process.kill()))
    timer.start()
    last = ""
    try:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                last = line.strip() or last
                on_line(last)
        status = process.wait()
    finally:
        timer.cancel()
        forget()
    stop.raise_if_stopped()
    if late.stopped:
        return f"it took longer than {timeout_s:g} s"
    return None if status == 0 else last or f"exit status {status}"


def missing_client(runtime: str) -> EnvironmentFailure:
    message = (
        f"`{runtime}` was not found on PATH. Install Docker or Podman, name yours in environmentOptions.runtime, "
        "or use environment 'landlock' on Linux"
    )
    return EnvironmentFailure("container_runtime_missing", message)
