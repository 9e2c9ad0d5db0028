"""What a model client is: one attempt at one completion, with what it used and what it cost."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar

from ..errors import ProviderError, RunError
from ..unicode_text import well_formed
from .bounds import Bounds
from .corrections import Corrections
from .failures import (
    CallTarget,
    ErrorInReply,
    broken_off,
    limits_of,
    overtime,
    provider_failure,
    refusal_of,
    shape_of,
)
from .finish_reasons import ANSWERS, FinishReason, explain, has_text
from .learned import learned_of
from .options import sampling_options
from .published import Published
from .reply_form import ReplyForm, says_form
from .reported import TokenUsage
from .request import Form, ModelRequest
from .rules import rejected
from .shapes import ANY_SHAPE, Shape
from .thinking import without_thinking

if TYPE_CHECKING:
    from .._generated.outgoing import Backend, RunErrorCode

__all__ = [
    "ClientSettings",
    "ModelClient",
    "ModelReply",
    "ModelRequest",
    "SdkModelClient",
    "TokenUsage",
    "UnusableReply",
]

SdkClient = TypeVar("SdkClient")


class ModelReply(NamedTuple):
    """One answer.

    Attributes:
        text: what the model said; its refusal, or "", when it said nothing else.
        model: the model that served, as the provider names it.
        usage: None when the provider reported none.
        cost_usd: the cost the provider itself reported, else None.
        finish_reason: how the answer ended.
        said: the provider's own word for how it ended, "" where it had none.
        output_limit: the most output tokens that were asked for; None: the model's own limit.
        cost_known: False when the provider reported a cost that cannot be true, so that none is worked out either.
        failure: what the provider says is wrong, in place of an answer or beside what there is of one.
    """

    text: str
    model: str
    usage: TokenUsage | None
    cost_usd: Decimal | None
    finish_reason: FinishReason
    said: str = ""
    output_limit: int | None = None
    cost_known: bool = True
    failure: ErrorInReply | None = None


class UnusableReply(ProviderError):
    """A reply came that is no answer. One that broke off is worth another attempt; a refusal would come again.
    What the provider itself says is wrong is judged as if it had come with its status.

    Attributes:
        reply: what is known of it: how it ended, its tokens and its cost.
    """

    def __init__(
        self,
        reply: ModelReply,
        code: RunErrorCode,
        message: str,
        *,
        status: int | None = None,
        retryable: bool = False,
    ) -> None:
        super().__init__(code, message, status=status, retryable=retryable)
        self.reply = reply

    @staticmethod
    def of(reply: ModelReply, target: CallTarget) -> UnusableReply:
        """As it comes from a provider."""
        # A function of the host tries again itself, if it hopes for better.
        broken = reply.finish_reason == "broken" and target.backend != "host"
        said = None if reply.failure is None else provider_failure(reply.failure, target)
        why = explain(reply.finish_reason, reply.said, reply.text)
        return UnusableReply(
            reply,
            said.code if said else "provider_error" if broken else "no_usable_reply",
            said.message if said else target.scrub(f"{target.describe()} {why}."),
            status=said.status if said else None,
            retryable=said.retryable if said else broken,
        )


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Everything one client needs; nothing else, the environment included, configures it."""

    target: CallTarget
    sampling_args: dict[str, Any] = field(default_factory=dict[str, Any])
    backend_options: dict[str, Any] = field(default_factory=dict[str, Any])
    bounds: Bounds = field(default_factory=Bounds)
    output_limit_parameter: str = "max_tokens"
    shape: Shape = ANY_SHAPE
    prompt_caching: bool = False


class ModelClient(ABC):
    """One model on one backend. Safe to share between the calls of a run; used on the provider loop only.

    Attributes:
        forms: in which its wire can ask for a reply, beside text, the most helpful first.
    """

    forms: ClassVar[tuple[Form, ...]] = ()

    def __init__(self, settings: ClientSettings) -> None:
        self.settings = settings
        self.backend: Backend = settings.target.backend
        self.model = settings.target.model
        self.learned = learned_of(settings.target.base_url or self.backend, self.model)
        self._sampling = sampling_options(settings.sampling_args)
        self._forms = () if says_form(self._sampling.values) else self.forms

    async def complete(self, request: ModelRequest) -> ModelReply:
        """One attempt. What a refusal says of the model's limits, of the messages' shape and of the reply's form is put
        right, once each, and asked again: it is free.

        Returns:
            An answer, which ended by itself or was cut at its length.

        Raises:
            UnusableReply: a reply came that is no answer.
            ProviderError: the provider refused, failed, or was not reached.
        """
        corrections = Corrections(self.learned, self.limit_names())
        form = ReplyForm(request.schema, self._forms, self.learned)
        while True:
            asked = form.ask(request)
            bound = corrections.bounded(self.output_limit(request.max_output_tokens), asked.messages)
            sent = self.shape.of(asked.messages)
            try:
                posed = asked if sent is asked.messages else asked._replace(messages=sent)
                reply = await self._in_time(posed, bound)
            except RunError:
                raise
            except Exception as error:
                limits = limits_of(error)
                if corrections.correct(limits, bound):
                    continue
                self.learned.shape |= shape_of(error)
                if self.shape.of(asked.messages) != sent:
                    continue
                if limits is None and form.correct(*refusal_of(error)):
                    continue
                why = broken_off(error)
                if why is None:
                    # An SDK's exception holds the request, and so the key: it is not chained.
                    raise provider_failure(error, self.settings.target) from None
                reply = self.broken(why)
            if reply.finish_reason == "refused" and reply.usage is None and form.correct(None, reply.said):
                continue  # an error of no known kind inside of a 200
            form.taken()
            return self._answer(reply, bound, form)

    def _answer(self, reply: ModelReply, bound: int | None, form: ReplyForm) -> ModelReply:
        """The reply as it is read, when it is an answer. Raises UnusableReply."""
        text = well_formed(without_thinking(reply.text))
        left = has_text(text) or reply.finish_reason not in ANSWERS
        ended = reply.finish_reason if left else "empty"
        if ended not in ANSWERS:
            unread = reply._replace(text=text, finish_reason=ended, output_limit=bound)
            raise UnusableReply.of(unread, self.settings.target)
        read = form.read(text)
        if read is reply.text and ended == reply.finish_reason and bound == reply.output_limit:
            return reply  # as most are: a copy takes as long as to read it
        return reply._replace(text=read, finish_reason=ended, output_limit=bound)

    async def _in_time(self, request: ModelRequest, bound: int | None) -> ModelReply:
        seconds = self.settings.bounds.total_timeout_s
        clock = asyncio.timeout(seconds)
        try:
            async with clock:
                return await self._attempt(request, bound)
        except TimeoutError:
            if clock.expired():
                raise overtime(self.settings.target, seconds) from None
            raise

    def output_limit(self, max_output_tokens: int | None) -> int | None:
        """The most output tokens a call with this bound can be billed for; None when the provider's own limit rules."""
        limits = [limit for limit in (max_output_tokens, self._sampling.max_output_tokens) if limit is not None]
        return min([*limits, self.learned.output_limit or limits[0]]) if limits else None

    @property
    def shape(self) -> Shape:
        """How this server wants the history, as its backend is known and as it said so far."""
        learned = self.learned.shape
        return self.settings.shape if learned is ANY_SHAPE else self.settings.shape | learned

    def limit_names(self) -> tuple[str, ...]:
        """What the bound of an answer is called on this wire: as the user called it, else as this server does."""
        if self.learned.limit_name is not None:
            return (self.learned.limit_name,)
        return self._sampling.limit_names or (self.settings.output_limit_parameter,)

    def malformed(self, what: str) -> ProviderError:
        """The error for an answer that is not what this API answers."""
        target = self.settings.target
        message = f"{target.describe()} answered {what}. Check that the base URL is that of this backend's API."
        return ProviderError("provider_error", message)

    async def published(self) -> Published | None:
        """What the backend itself says of this model's price and limits; None where it does not."""
        return None

    def broken(self, why: str) -> ModelReply:
        """What is left of an answer that has no end, and of which nothing else is known."""
        return ModelReply("", self.model, None, None, "broken", why)

    @abstractmethod
    async def _attempt(self, request: ModelRequest, output_limit: int | None) -> ModelReply: ...

    async def aclose(self) -> None:
        """Close the connections. Closing twice, or before any call, does nothing."""
        return None


class SdkModelClient(ModelClient, Generic[SdkClient]):
    """A client on a provider's SDK, which is imported and built at the first call."""

    def __init__(self, settings: ClientSettings) -> None:
        super().__init__(settings)
        self._sdk_client: SdkClient | None = None
        self._building = asyncio.Lock()

    async def sdk(self) -> SdkClient:
        """The SDK's client, one for the life of this object."""
        async with self._building:
            if self._sdk_client is None:
                # SDKs take seconds to import; in a thread, so that the calls of other clients go on.
                self._sdk_client = await asyncio.to_thread(self._built)
            return self._sdk_client

    def _built(self) -> SdkClient:
        """Raises RunError invalid_setting for options that the SDK itself refuses."""
        try:
            return self._build()
        except RunError:
            raise
        except Exception as error:
            said = self.settings.target.scrub(f"{type(error).__name__}: {error}")
            names = ", ".join(sorted(self.settings.backend_options)) or "none given"
            raise rejected(f"backendOptions ({names}) of {self.backend} cannot be used: {said[:300]}") from None

    async def aclose(self) -> None:
        client, self._sdk_client = self._sdk_client, None
        if client is not None:
            await self._close(client)

    @abstractmethod
    def _build(self) -> SdkClient: ...

    @abstractmethod
    async def _close(self, client: SdkClient) -> None: ...
