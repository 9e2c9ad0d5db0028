"""A run of two models of the host in this process, and its tree on top of the official loop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from host_model import Answers, HostModel
from journals import no_journal
from ledger_kit import LedgerKit
from worker_harness import model as model_spec

from rlm_worker._generated.messages import RunSpec
from rlm_worker.context import no_context
from rlm_worker.coverage import Coverage
from rlm_worker.ledger.limits import CallLimit, ChildSlots
from rlm_worker.ledger.models import Model, Models
from rlm_worker.loop import seams
from rlm_worker.loop.scope import Node, Scope, working_for
from rlm_worker.wire.host_requests import HostRequests
from rlm_worker.wire.redaction import Redactor


class Tree:
    """A scope with two models, and the official LocalREPL, which needs the socket, as its environment."""

    def __init__(self, root: Answers, sub: Answers, **limits: Any) -> None:
        self.kit = LedgerKit(**limits)
        self.root = HostModel(root, "big", "root", self.kit.stop)
        self.sub = HostModel(sub, "small", "sub", self.kit.stop)
        spec = {
            "query": "q",
            "context": {"kind": "text", "path": "/dev/null"},
            "rootModel": model_spec("big", "http://localhost"),
            "subModel": model_spec("small", "http://localhost"),
            "environment": "ipython",
            "environmentOptions": {},
            "limits": {
                "maxIterations": 3,
                "maxSubCalls": 100,
                "maxConcurrentSubCalls": self.kit.max_concurrent_sub_calls,
                "maxDepth": 2,
                "maxBudgetUsd": None,
                "maxDurationMs": None,
                "maxToolCalls": 1000,
                "maxTokens": None,
                "maxErrors": None,
                "maxOutputChars": 20_000,
            },
            "logDir": None,
            "systemPrompt": None,
            "compaction": False,
            "promptCaching": True,
            "session": None,
            "strategy": "recurse",
            "answer": {"schema": None, "check": False, "requireCoverage": None, "typedSubCalls": False},
            "tools": [],
            "prices": {},
            "journal": None,
        }
        self.scope = Scope(
            "run",
            RunSpec.model_validate(spec),
            self.kit.stop,
            self.kit.ledger._events,
            Redactor(),
            HostRequests("run", lambda message: None, self.kit.stop),
            no_journal(self.kit.ledger._events),
            self.kit.ledger,
            Models(Model(self.root.client, 1000), Model(self.sub.client, 1000)),
            self.kit.prices,
            Coverage(no_context()),
            CallLimit(1000, "tool call"),
            ChildSlots(4, 1, self.kit.stop),
        )

    @contextmanager
    def installed(self) -> Iterator[Scope]:
        node = Node("0", 0, self.scope.models.root, "root")
        seams.install()
        with working_for(self.scope, node):
            yield self.scope
        self.scope.close()

    def roles(self) -> list[tuple[str, str, str]]:
        return [(call["role"], call["node"], call["model"]) for call in self.kit.completed()]
