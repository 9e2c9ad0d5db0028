"""The journal as the rest of a run sees it: it knows what was done before, and takes down what is done now."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Literal, cast

from .._generated.messages import (
    JournalSpec,
    RecordedCall,
    RecordedChild,
    RecordedCut,
    RecordedTool,
    RecordedVerdict,
)
from ..cancel import CutOff, RunStopped, StopSignal
from ..json_texts import with_texts
from ..wire.events import Events
from ..wire.host_requests import HostRequests
from ..wire.redaction import Redactor
from .appends import Appends, Batch
from .aside import EffectsAside
from .divergence import difference
from .over_turn import OverTurn
from .places import Place, but_for_limits, key_of
from .prompts import Prompts
from .recorded import OF_CODE, RecordedEffects, Slot, Taken, slot_of

if TYPE_CHECKING:
    from .._generated import outgoing as out

MAX_SHOWN_CHARS = 200


What = Literal["prompt", "tool", "answer", "child", "missing"]
"""What it is that a resumed run asks otherwise."""


class Journal:
    """Of one run. Thread-safe. Without a store it knows nothing, and takes nothing down but the run's events."""

    def __init__(
        self, spec: JournalSpec | None, host: HostRequests, stop: StopSignal, events: Events, redact: Redactor
    ) -> None:
        self._stop = stop
        self._events = events
        self._redact = redact
        self._fails_on_divergence = spec is not None and spec.on_divergence == "fail"
        self._appends = None if spec is None else Appends(host, stop, EffectsAside(spec.aside))
        if self._appends is not None:
            events.heard_by(self._appends.hear)
        self._prompts = Prompts()
        self._lock = threading.Lock()
        self._live_nodes: set[str] = set()
        self.recorded = RecordedEffects(None if spec is None else spec.recorded)
        self._over = OverTurn(self.recorded, stop, self._lock) if spec is not None and spec.ended else None
        self._children = dict(self.recorded.spent.children)

    @property
    def is_kept(self) -> bool:
        """Whether the run is in a store, and can be resumed."""
        return self._appends is not None

    def as_kept(self, text: str) -> str:
        """What a model said, as every life of the run has it: without keys, where the run is in a store."""
        return text if self._appends is None else self._redact(text)

    # Model calls

    def key(self, role: str, requested: str | None, messages: list[dict[str, Any]], schema: Any) -> str:
        """What a call is known again by; "" without a store, where nobody asks."""
        return "" if self._appends is None else key_of(role, requested, but_for_limits(messages), schema)

    def call(
        self, role: str, place: Place, key: str, model: str, messages: list[dict[str, Any]], *, is_refused: bool = False
    ) -> RecordedCall | None:
        """What came of this call in an earlier life; None when it is to be made. ``is_refused``: a limit refuses a new
        one, as it did then. Raises RunStopped and CutOff."""
        if self._appends is None:
            return None
        slot = slot_of(role, place)
        found = self._take(slot, key, model)
        if found is None and is_refused:
            return None
        if found is None and self._must_be_known(slot):
            with self._lock:
                recorded = self.recorded.messages(slot)
            self._diverge(place, "prompt", *difference(recorded, messages))
        return cast("RecordedCall | None", found or self._instead(slot))

    async def call_started(
        self,
        event: out.CallStarted,
        *,
        place: Place,
        key: str,
        messages: list[dict[str, Any]],
        schema: Any,
        reserved_usd: float | None,
    ) -> None:
        """Returns when the intent is written. Raises RunStopped."""
        if self._appends is None:
            self._events.call_started(event)
            return
        with self._lock:
            prompt = self._prompts.what_is_new(place.node, event["role"], messages)
            batch = self._appends.add(
                {
                    "kind": "call.intent",
                    **place.to_wire(),
                    "key": key,
                    "prompt": with_texts(prompt, self._redact),
                    "schema": schema,
                    "reservedUsd": reserved_usd,
                    "event": self._events.enveloped(event),
                },
                event["promptChars"],
            )
        await self._appends.kept(batch)

    def call_completed(
        self, event: out.CallCompleted, *, text: str, output_bound: int | None, failure: out.CallFailure | None
    ) -> Batch | None:
        """What to wait for, by ``kept``, before anything depends on the reply. ``text``: ``as_kept``."""
        if self._appends is None:
            self._events.call_completed(event)
            return None
        return self._appends.add(
            {
                "kind": "call.reply",
                "text": text,
                "outputBound": output_bound,
                "failure": failure,
                "event": self._events.enveloped(event),
            },
            len(text),
        )

    async def kept(self, batch: Batch | None) -> None:
        """Returns when it is written. Raises RunStopped."""
        if batch is not None and self._appends is not None:
            await self._appends.kept(batch)

    # The rest of what code asks for

    def child(self, place: Place, prompt: Any, model: str | None) -> str:
        """The path of a child: that of its earlier life, else the next one. Raises RunStopped and CutOff."""
        key = key_of("child", prompt, model)
        slot = Slot("child", place)
        found = self._take(slot, key)
        if found is None and self._must_be_known(slot):
            self._diverge(place, "child", None, _shown(str(prompt)))
        found = found or self._instead(slot)
        if found is not None:
            return cast("RecordedChild", found).child
        self.refuse_new()
        with self._lock:
            number = self._children[place.node] = self._children.get(place.node, 0) + 1
            path = f"{place.node}/{number}"
            if self._appends is not None:
                self._appends.add({"kind": "child.spawned", **place.to_wire(), "key": key, "child": path}, 0)
        return path

    def tool(self, place: Place, key: str, shown: str, *, is_refused: bool = False) -> RecordedTool | None:
        """What a tool gave in an earlier life; None when it is to be called. ``is_refused``: as of ``call``.
        Raises RunStopped and CutOff."""
        slot = Slot("tool", place)
        found = self._take(slot, key)
        if found is None and is_refused:
            return None
        if found is None and self._must_be_known(slot):
            self._diverge(place, "tool", None, _shown(shown))
        return cast("RecordedTool | None", found or self._instead(slot))

    def verdict(self, place: Place, key: str, answer: str) -> RecordedVerdict | None:
        """What the host said of an answer in an earlier life; None when it is to be asked. Raises RunStopped."""
        slot = Slot("verdict", place)
        found = self._take(slot, key)
        if found is None and self._must_be_known(slot):
            self._diverge(place, "answer", None, _shown(answer))
        return cast("RecordedVerdict | None", found or self._instead(slot))

    # Code blocks

    def block_starts(self, place: Place) -> None:
        """Raises RunStopped where a turn that is over came to its end."""
        if self._over is not None and not self._is_cut(place):
            self._over.block_starts(place)

    def cut(self, place: Place) -> RecordedCut | None:
        """What the model was told of a code block that was cut off, or that found its variables gone."""
        with self._lock:
            return None if self._is_live(place.node) else self.recorded.cut(place)

    def block_cut(self, place: Place, cut: out.BlockCut) -> None:
        """A code block is not cut off again where it was: what the model is told is kept before anything depends on it.
        Raises RunStopped."""
        if self._appends is not None:
            texts = {"stdout": self._redact(cut["stdout"]), "stderr": self._redact(cut["stderr"])}
            chars = len(cut["stdout"]) + len(cut["stderr"])
            self._appends.wait(self._appends.add(cast("out.BlockCut", {**cut, **texts}), chars))

    def block_ended(self, place: Place) -> None:
        """What the code block asked for in an earlier life, and not now, is a difference. Raises RunStopped."""
        if self._is_live(place.node) or not self.recorded.is_ended(place) or self._is_cut(place):
            return
        for kind in OF_CODE:
            with self._lock:
                missing = self.recorded.first_left(Slot(kind, place))
            if missing is not None:
                self._diverge(place, "missing", _described(missing), None)
                return

    def answered(self, place: Place) -> None:
        """A node has its answer: what it asked after that in an earlier life is a difference. Raises RunStopped."""
        last = self.recorded.spent.turns.get(place.node, 0)
        if last > place.iteration and not self._is_live(place.node):
            after = Place(place.node, place.iteration, place.code_block + 1)
            self._diverge(after, "missing", f"iteration {place.iteration + 1}", None)

    def refuse_new(self) -> None:
        """Raises RunStopped where a turn that is over came to its end: nothing is asked or called for it anew."""
        if self._over is not None:
            self._over.refuse()

    def _instead(self, slot: Slot) -> Taken | None:
        """What a turn that is over was given there, where it is asked for in other words now."""
        return None if self._over is None else self._over.first(slot)

    def flush(self) -> None:
        """The run ends. Send what it leaves; nobody waits for it."""
        if self._over is not None:
            self._over.close()
        if self._appends is not None:
            self._appends.flush()

    def _take(self, slot: Slot, key: str, model: str | None = None) -> Taken | None:
        with self._lock:
            found = self.recorded.take(slot, key, model)
        if found is None and slot.kind in OF_CODE and self._is_cut(slot.place):
            raise CutOff
        if found is not None and self._over is not None:
            self._over.given(slot)
        return found

    def _is_cut(self, place: Place) -> bool:
        cut = self.cut(place)
        return cut is not None and cut.status in ("timed_out", "interpreter_died")

    def _must_be_known(self, slot: Slot) -> bool:
        """Whether all that was asked for there is known, so that something else is a difference."""
        if self._is_live(slot.place.node):
            return False
        if slot.kind in ("turn", "verdict"):
            return self.recorded.left(slot) > 0
        return self.recorded.is_ended(slot.place)

    def _is_live(self, node: str) -> bool:
        parts = node.split("/")
        return any("/".join(parts[:count]) in self._live_nodes for count in range(1, len(parts) + 1))

    def _diverge(self, place: Place, what: What, recorded: str | None, now: str | None) -> None:
        """Told once a node; from there on it goes on live. Raises RunStopped where that is not wanted."""
        self._live_nodes.add(place.node)
        self._events.replay_diverged(
            {
                "type": "replay.diverged",
                **place.to_wire(),
                "depth": place.node.count("/"),
                "what": what,
                "recorded": recorded,
                "now": now,
            }
        )
        if self._fails_on_divergence:
            where = f"node {place.node}, iteration {place.iteration}, code block {place.code_block}"
            message = f"The run went another way than its journal has it, at {where}: {now or 'nothing'} in place of "
            message += f"{recorded or 'what was asked there'}. Use onDivergence 'continue', or fork the run before it."
            self._stop.stop("replay_diverged", message)
            raise RunStopped(self._stop.code or "replay_diverged", self._stop.message or message)


def _described(effect: Taken) -> str:
    if isinstance(effect, RecordedCall):
        return f"{effect.call} ({effect.role})"
    if isinstance(effect, RecordedTool):
        return effect.call
    return f"child {effect.child}" if isinstance(effect, RecordedChild) else "an answer"


def _shown(text: str) -> str:
    return text if len(text) <= MAX_SHOWN_CHARS else f"{text[:MAX_SHOWN_CHARS]}…"
