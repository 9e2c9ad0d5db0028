"""The ``host`` backend's client: a function of the host process answers, over the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from .._generated.constants import MAX_LINE_BYTES
from ..errors import ProviderError
from ..json_bytes import to_json
from ..wire.host_requests import HostRequests
from .base import ClientSettings, ModelClient, ModelReply, ModelRequest, TokenUsage
from .bounds import UNBOUNDED
from .failures import CallTarget
from .finish_reasons import AS_SAID, finish_reason
from .messages import Message, text_of
from .reported import usage_of, usd

if TYPE_CHECKING:
    from .._generated.messages import HostModelUsage, ModelResult
    from .._generated.outgoing import ChatMessage, ModelCall

MAX_PROMPT_BYTES = MAX_LINE_BYTES - (1 << 20)
"""Messages as JSON, and room for the rest of their line."""
Role = Literal["system", "user", "assistant"]
ROLES: tuple[Role, ...] = ("system", "user", "assistant")


class HostModelClient(ModelClient):
    """One of the run's two models, where that is a function of the host. It is not tried again."""

    forms = ("schema",)

    def __init__(self, which: Literal["root", "sub"], model: str, host: HostRequests) -> None:
        super().__init__(ClientSettings(CallTarget("host", model, None, None, None), bounds=UNBOUNDED))
        self._which: Literal["root", "sub"] = which
        self._host = host

    async def _attempt(self, request: ModelRequest, output_limit: int | None) -> ModelReply:
        asked: ModelCall = {
            "type": "model.call",
            "which": self._which,
            "model": self.model,
            "role": request.role,
            "depth": request.depth,
            "messages": self._messages(request),
            "maxOutputTokens": output_limit,
            "schema": None if request.schema is None else dict(request.schema),
        }
        reply = await self._host.ask_async(asked)
        outcome = cast("ModelResult", reply).outcome
        if outcome.kind == "error":
            raise self._failed(self.settings.target.scrub(outcome.message))
        cost = usd(outcome.cost_usd)
        known = cost is not None or outcome.cost_usd is None
        said = outcome.finish_reason or "stop"
        ended = finish_reason(said, AS_SAID, outcome.text)
        return ModelReply(outcome.text, self.model, _usage(outcome.usage), cost, ended, said, cost_known=known)

    def _messages(self, request: ModelRequest) -> list[ChatMessage]:
        """Raises ProviderError for what the wire does not carry, which would be the end of the worker."""
        messages: list[ChatMessage] = [
            {"role": self._role(message), "content": text_of(message.get("content"))} for message in request.messages
        ]
        size = len(to_json(messages))
        if size > MAX_PROMPT_BYTES:
            what = f'The prompt for the function of model "{self.model}" has {size:,} bytes as JSON'
            raise self._failed(f"{what}, of at most {MAX_PROMPT_BYTES:,}. Send a shorter one.", unsent=True)
        return messages

    def _role(self, message: Message) -> Role:
        role = message.get("role")
        if role not in ROLES:
            raise self._failed(f'A message has the role "{role}"; it can have {", ".join(ROLES)}.', unsent=True)
        return role

    def _failed(self, message: str, *, unsent: bool = False) -> ProviderError:
        return ProviderError("host_model_failed", message, unsent=unsent)


def _usage(usage: HostModelUsage | None) -> TokenUsage | None:
    if usage is None:
        return None
    return usage_of(
        usage.input_tokens,
        usage.output_tokens,
        cached_input_tokens=usage.cached_input_tokens,
        cache_write_tokens=usage.cache_write_tokens,
        reasoning_tokens=usage.reasoning_tokens,
    )
