"""Everything a ledger needs, and what it wrote, in the test's own process; and the models that it calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from fake_provider import FakeProvider
from host_model import Answers, HostModel
from journals import no_journal

from rlm_worker._generated.messages import ModelSecrets, ModelSpec, Price
from rlm_worker.cancel import StopSignal
from rlm_worker.clients.backends import create_client
from rlm_worker.ledger.ledger import Ledger
from rlm_worker.ledger.models import Model
from rlm_worker.ledger.prices import PriceBook
from rlm_worker.wire.events import Events
from rlm_worker.wire.redaction import Redactor

Message = dict[str, Any]
PRICED = ("priced", "big", "small")
PRICE = {"inputUsdPerMTok": 1, "outputUsdPerMTok": 2, "cachedInputUsdPerMTok": None, "cacheWriteUsdPerMTok": None}


@dataclass
class LedgerKit:
    """A ledger and what it wrote. Models of the names in ``PRICED`` have a price."""

    max_sub_calls: int = 1000
    max_concurrent_sub_calls: int = 16
    max_budget_usd: Decimal | None = None
    max_tokens: int | None = None
    stop: StopSignal = field(default_factory=StopSignal)
    events: list[Message] = field(default_factory=list[Message])

    def __post_init__(self) -> None:
        self.prices = PriceBook({name: Price.model_validate(PRICE) for name in PRICED})
        events = Events("run", self.events.append, Redactor())
        self.ledger = Ledger(
            prices=self.prices,
            stop=self.stop,
            events=events,
            journal=no_journal(events),
            max_sub_calls=self.max_sub_calls,
            max_concurrent_sub_calls=self.max_concurrent_sub_calls,
            max_budget_usd=self.max_budget_usd,
            max_tokens=self.max_tokens,
        )

    def completed(self) -> list[Message]:
        return [event for event in self.events if event["type"] == "call.completed"]


def provided(
    provider: FakeProvider | None, name: str = "priced", backend: str = "openai", max_output_tokens: int = 1000
) -> Model:
    """A model of the fake provider's, on any wire; None: of the backend's own address, and never called."""
    url = None if provider is None else provider.url
    spec = {"backend": backend, "model": name, "baseUrl": url, "samplingArgs": {}, "priceProvider": None}
    secrets = ModelSecrets.model_validate({"apiKey": "sk-scripted-0123456789", "backendOptions": {}})
    return Model(create_client(ModelSpec.model_validate(spec), secrets), max_output_tokens)


def hosted(answers: Answers, name: str = "priced", max_output_tokens: int = 1000) -> Model:
    """A model of the host's."""
    return Model(HostModel(answers, name).client, max_output_tokens)
