"""What the worker logs during a run reaches its host as events, and nobody else's logging does."""

from __future__ import annotations

import logging
from typing import Any

from rlm_worker.wire.events import Events
from rlm_worker.wire.log_events import logged_as_events
from rlm_worker.wire.redaction import Redactor


def test_only_the_workers_own_messages_and_only_during_the_run() -> None:
    sent: list[dict[str, Any]] = []
    own, foreign = logging.getLogger("rlm_worker.environments"), logging.getLogger("openai")
    with logged_as_events(Events("r1", sent.append, Redactor())):
        own.info("image %s is not here; pulling it", "x")
        own.warning("slow")
        own.error("broken")
        own.debug("detail")
        foreign.error("a prompt")
    own.error("too late")
    assert [(event["type"], event["level"], event["message"]) for event in sent] == [
        ("log", "info", "image x is not here; pulling it"),
        ("log", "warning", "slow"),
        ("log", "error", "broken"),
    ]
