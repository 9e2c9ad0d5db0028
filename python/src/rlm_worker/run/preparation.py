"""Everything of a run that can be wrong before its first call: its context, clients, prices and limits."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from typing import Literal, NamedTuple

from .._generated.messages import ModelSecrets, ModelSpec, RunSecrets, RunSpec
from ..cancel import RunStopped, StopSignal
from ..carried_context import carried
from ..clients.backends import create_client
from ..clients.base import ModelClient
from ..clients.host import HostModelClient
from ..clients.loop import provider_loop
from ..context import ContextHandle, no_context, open_context
from ..coverage import Coverage
from ..journal.journal import Journal
from ..ledger.ledger import Ledger
from ..ledger.limits import CallLimit, ChildSlots
from ..ledger.models import Model, Models, priced_model, unknown_price
from ..ledger.prices import PriceBook, host_providers
from ..loop.scope import Scope
from ..wire.events import Events
from ..wire.host_requests import HostRequests
from ..wire.redaction import Redactor, secret_texts
from .session import Session

CLOSE_SECONDS = 1.0
"""How long closing idle connections may take."""

NO_SECRETS = ModelSecrets(api_key=None, backend_options={})


class RunServices(NamedTuple):
    """What a run is connected to from its beginning to its end. ``session``: whose REPL it works in, if any."""

    run_id: str
    stop: StopSignal
    events: Events
    redact: Redactor
    host: HostRequests
    session: Session | None


def prepare(
    spec: RunSpec, secrets: RunSecrets | None, services: RunServices, stack: ExitStack
) -> tuple[Scope, ContextHandle]:
    """In the order a user would want to hear of what is wrong. ``stack`` closes what was opened.

    Raises:
        ContextFailure, ProviderError, RunError: nothing was asked of any model.
    """
    limits, session = spec.limits, services.session
    secrets = secrets or RunSecrets(id=services.run_id, root=NO_SECRETS, sub=NO_SECRETS)
    services.redact.learn(
        (
            *secret_texts(secrets.root, spec.root_model.base_url),
            *secret_texts(secrets.sub, spec.sub_model.base_url),
        )
    )
    context = _context(spec, session)
    coverage = session.coverage(context) if session is not None else Coverage(context)
    prices = PriceBook(spec.prices, host_providers(spec.root_model, spec.sub_model))

    def model(which: Literal["root", "sub"], of: ModelSpec, its: ModelSecrets) -> Model:
        client = stack.enter_context(_closing(_client(which, of, its, spec, services.host)))
        if limits.max_budget_usd is not None and _is_own_name(client, prices):
            _ask_the_router(client, prices, services.stop)
        return priced_model(client, prices)

    models = Models(model("root", spec.root_model, secrets.root), model("sub", spec.sub_model, secrets.sub))
    if limits.max_budget_usd is not None:
        for one in (models.root, models.sub):
            if not prices.knows(one.backend, one.name):
                raise unknown_price(one)
    journal = Journal(spec.journal, services.host, services.stop, services.events, services.redact)
    stack.callback(journal.recorded.close)
    ledger = Ledger(
        prices=prices,
        stop=services.stop,
        events=services.events,
        journal=journal,
        max_sub_calls=limits.max_sub_calls,
        max_concurrent_sub_calls=limits.max_concurrent_sub_calls,
        max_budget_usd=None if limits.max_budget_usd is None else Decimal(str(limits.max_budget_usd)),
        max_tokens=limits.max_tokens,
        coverage=coverage,
    )
    scope = Scope(
        services.run_id,
        spec,
        services.stop,
        services.events,
        services.redact,
        services.host,
        journal,
        ledger,
        models,
        prices,
        coverage,
        CallLimit(limits.max_tool_calls, "tool call", journal.recorded.spent.tool_calls),
        ChildSlots(limits.max_concurrent_sub_calls, limits.max_depth - 1, services.stop),
    )
    stack.callback(scope.close)
    return scope, context


def _is_own_name(client: ModelClient, prices: PriceBook) -> bool:
    """Whether its router alone can know what a model costs: a proxy gives any name to any model, a known one's too."""
    return not prices.is_given(client.model) and (
        client.backend == "litellm" or not prices.knows(client.backend, client.model)
    )


def _ask_the_router(client: ModelClient, prices: PriceBook, stop: StopSignal) -> None:
    """A budget needs a price before the first call, and a router's own names have theirs with the router alone."""
    published = provider_loop().call(client.published(), stop)
    if published is None:
        return
    prices.add(client.model, published)
    client.learned.context_window = client.learned.context_window or published.context_window
    client.learned.output_limit = client.learned.output_limit or published.output_limit


def _context(spec: RunSpec, session: Session | None) -> ContextHandle:
    if spec.context is not None:
        return open_context(spec.context)
    newest = session.newest_context if session is not None else None
    return newest if newest is not None else no_context()


def _client(
    which: Literal["root", "sub"], of: ModelSpec, secrets: ModelSecrets, spec: RunSpec, host: HostRequests
) -> ModelClient:
    if of.backend == "host":
        return HostModelClient(which, of.model, host)
    return create_client(of, secrets, prompt_caching=spec.prompt_caching)


@contextmanager
def _closing(client: ModelClient) -> Generator[ModelClient]:
    try:
        yield client
    finally:
        late = StopSignal()
        timer = threading.Timer(CLOSE_SECONDS, carried(late.stop), ("cancelled", "closing connections took too long"))
        timer.daemon = True
        timer.start()
        try:
            provider_loop().call(client.aclose(), late)
        except (RunStopped, Exception):  # the bill and the answer are safe; the process closes what is left
            traceback.print_exc(file=sys.stderr)
        finally:
            timer.cancel()
