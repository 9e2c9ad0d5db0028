"""What a provider's refusal means, in one table: by status and words, a code, what to do, and whether to retry.

``docs/providers.md`` shows the table; a test compares both and plays each row in the providers' own wire formats.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

ANY = frozenset(range(400, 600))
FAILED = frozenset({408, 409, *range(500, 600)})


if TYPE_CHECKING:
    from .._generated.outgoing import RunErrorCode


class Verdict(NamedTuple):
    """One row.

    Attributes:
        when: the row's first cell in the docs.
        statuses: HTTP statuses it is for.
        says: a pattern that the body has, its codes and types included; "" for a row that needs no words.
        advice: what to do; ``{key}`` stands for the name of the key's variable.
        retried: the same request may succeed later.
    """

    when: str
    statuses: frozenset[int]
    says: str
    code: RunErrorCode
    advice: str
    retried: bool = False


def _row(
    when: str, statuses: frozenset[int] | set[int], says: str, code: RunErrorCode, advice: str, retried: bool = False
) -> Verdict:
    return Verdict(when, frozenset(statuses), says, code, advice, retried)


VERDICTS: tuple[Verdict, ...] = (
    _row(
        "any that says the account has no credit, balance or quota",
        ANY - {401},
        r"insufficient[_ ](?:quota|balance|credits?|funds)|credit balance is too low|billing_(?:not_active|hard_limit)"
        r"|budget_exceeded|budget has been exceeded|(?:exceeded|crossed) ?budget|key limit exceeded|out of credits"
        r"|purchase credits|arrearage|overdue[- ]payment",
        "no_credit",
        "The account has no credit left: add some, or use another key.",
    ),
    _row("402", {402}, "", "no_credit", "The account has no credit left: add some, or use another key."),
    _row(
        "400, 401, 403, 404 that name the model as unknown, or as not for this key",
        {400, 401, 403, 404},
        r"model_not_found|model_decommissioned|invalid model name|invalid model\b|not a valid model|model not exist"
        r"|passed in model=|model_access_denied|not allowed to access model|does not have access to model"
        r"|(?:unknown|no such) model"
        r"|model [`'\"]?[\w./:-]+[`'\"]? (?:does not exist|not found)",
        "model_not_found",
        "Check the model's name, and that this key may use it.",
    ),
    _row(
        "400, 401, 403 that name the key as wrong",
        {400, 401, 403},
        r"api_key_invalid|api key (?:not valid|expired|not found)|invalid[_ ]?api[_ ]?key|authentication_error"
        r"|no auth credentials|unregistered callers|no_db_connection|token_not_found|expired_key",
        "authentication_failed",
        "Check the key ({key} or apiKey) and that it may use this model.",
    ),
    _row("401", {401}, "", "authentication_failed", "Check the key ({key} or apiKey) and that it may use this model."),
    _row(
        "400, 403, 422 of moderation or a content filter",
        {400, 403, 422},
        r"moderation|flagged|content[_ ]?(?:policy|filter)|ResponsibleAI|safety system|prohibited[_ ]content"
        r"|data_?inspection|inappropriate content|(?:new_|put |contains? )sensitive",
        "content_refused",
        "The provider does not take this content: change the prompt, or use another model.",
    ),
    _row(
        "400, 403, 451 that name the country or region",
        {400, 403, 451},
        r"unsupported_country|location is not supported"
        r"|not (?:available|supported) in your (?:country|region|territory|location)",
        "access_denied",
        "The provider does not serve this place: the key is not at fault. Use a provider that does.",
    ),
    _row("451", {451}, "", "access_denied", "The provider does not serve this place: the key is not at fault."),
    _row(
        "403, 406 with a web page, or of a firewall",
        {403, 406},
        r"<html|<!doctype|cloudflare|firewall|\bwaf\b|access denied|request blocked|forbidden by",
        "access_denied",
        "A firewall or proxy stands before the provider and does not let this through: ask whoever runs the network.",
    ),
    _row("403", {403}, "", "authentication_failed", "Check the key ({key} or apiKey) and that it may use this model."),
    _row("404", {404}, "", "model_not_found", "Check the model's name, and the base URL if you set one."),
    _row(
        "413, 429 for one request over the rate limit",
        {413, 429},
        r"request too large|too large for model|please reduce your message size|limit: 0\b",
        "rate_limited",
        "This one request is larger than the account's rate limit: send shorter prompts, or raise the limit.",
    ),
    _row(
        "429",
        {429},
        "",
        "rate_limited",
        "Lower maxConcurrentSubCalls, wait, or raise the account's limits.",
        retried=True,
    ),
    _row("408, 409, 500 to 599", FAILED, "", "provider_error", "The provider failed; run again later.", retried=True),
    _row(
        "any other",
        ANY,
        "",
        "provider_rejected_request",
        "Check the model, samplingArgs and backendOptions, and the prompt's length.",
    ),
)
"""The first row that fits decides. A prompt that is too long comes before all: ``clients.dialects`` reads it."""


def as_markdown() -> str:
    """The table as the docs show it."""
    rows = [(row.when, f"`{row.code}`", row.advice.replace("{key}", "its variable"), row.retried) for row in VERDICTS]
    cells = [["status and body", "code", "what to do", "retried"], ["---"] * 4]
    cells += [[when, code, advice, "yes" if retried else "no"] for when, code, advice, retried in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def verdict(status: int, said: str) -> Verdict:
    """The first row that fits; ``said`` is everything that the body says."""
    return next((row for row in VERDICTS if _fits(row, status, said)), VERDICTS[-1])


def status_by_words(said: str) -> int | None:
    """The status of an error that has none and no code, by the row that its words are of; None for no such row."""
    row = next((row for row in VERDICTS if row.says and _says(row, said)), None)
    if row is not None:
        return 402 if row.code == "no_credit" else min(row.statuses)
    return 429 if re.search(r"rate limit|too many requests", said, re.IGNORECASE) else None


def _fits(row: Verdict, status: int, said: str) -> bool:
    return status in row.statuses and (not row.says or _says(row, said))


def _says(row: Verdict, said: str) -> bool:
    """Compiled with the first refusal: no run that goes well waits for these patterns."""
    return re.search(row.says, said, re.IGNORECASE) is not None
