"""Getting an image that is not there."""

from __future__ import annotations

import logging

from ...cancel import StopSignal
from ...errors import EnvironmentFailure
from ..options import DockerOptions
from .cli import watch_client

log = logging.getLogger("rlm_worker.environments")


def pull_image(options: DockerOptions, stop: StopSignal) -> None:
    """Progress goes to the log. Raises EnvironmentFailure image_missing, and RunStopped."""
    log.info("image %s is not here; pulling it", options.image)
    problem = watch_client(
        options.runtime,
        "pull",
        options.image,
        timeout_s=options.pull_timeout_ms / 1000,
        stop=stop,
        on_line=lambda line: log.info("pull %s: %s", options.image, line),
    )
    if problem is not None:
        message = (
            f"image {options.image!r} is not here and could not be pulled ({problem}). "
            "Set environmentOptions.image to one you have (any with Python 3.9 or newer), or make one from Debian "
            'packages with "npx @rlm-bridge/cli sandbox build"'
        )
        raise EnvironmentFailure("image_missing", message)
