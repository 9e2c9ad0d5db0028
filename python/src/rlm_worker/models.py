"""The two models of a run, and which of them serves a request."""

from __future__ import annotations

from dataclasses import dataclass

from .clients.base import ModelClient
from .limits import DEFAULT_OUTPUT_TOKENS
from .prices import PriceBook


@dataclass(frozen=True)
class Model:
    """A client and what a call to it can cost at most.

    Attributes:
        max_output_tokens: the bound sent under a budget: the user's, else the model's known maximum, at most 32,768.
    """

    client: ModelClient
    max_output_tokens: int

    @property
    def backend(self) -> str:
        return self.client.backend

    @property
    def name(self) -> str:
        return self.client.model


def priced_model(client: ModelClient, prices: PriceBook) -> Model:
    known = prices.max_output_tokens(client.backend, client.model) or DEFAULT_OUTPUT_TOKENS
    bound = client.output_limit(None) or min(known, DEFAULT_OUTPUT_TOKENS)
    return Model(client, bound)


@dataclass(frozen=True)
class Models:
    """The root model takes the root's own turns; the sub model serves everything else, at every depth."""

    root: Model
    sub: Model

    def serving(self, requested: str | None) -> Model:
        """Generated code may name one of the two; the sub model, whose price is known, serves any other name."""
        if requested is not None and requested == self.root.name and requested != self.sub.name:
            return self.root
        return self.sub
