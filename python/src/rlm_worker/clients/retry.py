"""Trying again: rate limits, conflicts, server failures and lost connections, and nothing else."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import NamedTuple

from ..errors import ProviderError
from .base import ModelClient, ModelReply, ModelRequest

OnRetry = Callable[[ProviderError, int, float], None]
"""Told the error, the number of the coming retry (from 1), and the seconds until it."""


class RetryPolicy(NamedTuple):
    """Delays double from ``first_delay_s`` to ``max_delay_s``, each shortened by up to half at random.

    A provider that asks to wait longer than ``max_retry_after_s`` is not waited for.
    """

    attempts: int = 5
    first_delay_s: float = 1.0
    max_delay_s: float = 30.0
    max_retry_after_s: float = 120.0

    def delay_s(self, retry: int, error: ProviderError) -> float | None:
        """Seconds before retry number ``retry`` (from 1), or None when ``error`` is final."""
        if retry >= self.attempts or not error.retryable:
            return None
        if error.retry_after_s is not None:
            # A little late, so that calls refused together do not all come back in the same instant.
            return (
                None if error.retry_after_s > self.max_retry_after_s else error.retry_after_s + random.uniform(0, 0.25)
            )
        return min(self.max_delay_s, self.first_delay_s * 2 ** (retry - 1)) * random.uniform(0.5, 1)


DEFAULT_POLICY = RetryPolicy()


async def complete_with_retries(
    client: ModelClient,
    request: ModelRequest,
    *,
    on_retry: OnRetry,
    policy: RetryPolicy = DEFAULT_POLICY,
) -> tuple[ModelReply, int]:
    """Complete, trying again as ``policy`` says.

    Returns:
        The reply and the number of retries it took.

    Raises:
        ProviderError: the last attempt's error, its ``retries`` set.
    """
    retries = 0
    while True:
        try:
            return await client.complete(request), retries
        except ProviderError as error:
            error.retries = retries
            delay = policy.delay_s(retries + 1, error)
            if delay is None:
                raise
            retries += 1
            on_retry(error, retries, delay)
        await asyncio.sleep(delay)
