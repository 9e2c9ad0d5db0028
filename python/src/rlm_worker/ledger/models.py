"""The two models of a run, and which of them serves a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..clients.base import ModelClient
from ..errors import RunError
from .limits import DEFAULT_OUTPUT_TOKENS
from .prices import PriceBook

if TYPE_CHECKING:
    from .._generated.outgoing import Backend


class Model(NamedTuple):
    """A client and what a call to it can cost at most.

    Attributes:
        max_output_tokens: the bound sent under a budget: the user's, else the model's known maximum, at most 32,768.
    """

    client: ModelClient
    max_output_tokens: int

    @property
    def backend(self) -> Backend:
        return self.client.backend

    def window(self, prices: PriceBook) -> int | None:
        """Tokens it takes in: what its provider said to a prompt that was too long, else what is known of it."""
        return self.client.learned.context_window or prices.context_window(self.backend, self.name)

    @property
    def name(self) -> str:
        return self.client.model


def priced_model(client: ModelClient, prices: PriceBook) -> Model:
    known = prices.max_output_tokens(client.backend, client.model) or DEFAULT_OUTPUT_TOKENS
    window = prices.context_window(client.backend, client.model)
    # Of a small window, half is the prompt's: many servers refuse a bound that leaves it no room.
    most = min(known, DEFAULT_OUTPUT_TOKENS, DEFAULT_OUTPUT_TOKENS if window is None else max(1, window // 2))
    return Model(client, client.output_limit(None) or most)


class Models(NamedTuple):
    """The root model takes the root's own turns; the sub model serves everything else, at every depth."""

    root: Model
    sub: Model

    def serving(self, requested: str | None) -> Model:
        """Generated code may name one of the two; the sub model, whose price is known, serves any other name."""
        if requested is not None and requested == self.root.name and requested != self.sub.name:
            return self.root
        return self.sub


def unknown_price(model: Model) -> RunError:
    return RunError(
        "unknown_price",
        f'maxBudgetUsd needs the price of "{model.name}" ({model.backend}), which is unknown. Give it in `prices`, '
        "use a model with a known price, or leave maxBudgetUsd out.",
    )
