"""What the default models cost, by the table of a run: for docs/models.md and the estimate of the command."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import genai_prices

from rlm_worker.ledger.prices import PriceBook, Rates

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "models.md"
FILE = ROOT / "packages" / "cli" / "src" / "estimate" / "default-prices.json"
COMMAND = "cd python && PYTHONPATH=tests/support:src uv run --frozen python -m model_prices"
BEGIN, END = "<!-- prices: generated -->\n", "<!-- end of prices -->\n"
HEAD = ["model", "of", "prompt", "input", "output", "cache read", "cache write", "window", "answer"]
GATEWAYS = ("openrouter", "vercel")


@dataclass(frozen=True)
class NamedModel:
    model: str
    backends: tuple[str, ...]


def named_models(page: str) -> list[NamedModel]:
    """The models that the page's tables name, in its order; the offline program is none."""
    backends: dict[str, list[str]] = {}
    for backend, *models in re.findall(r"^\| `(\w+)` \| [^|]* \| `([^`]+)` \| `([^`]+)` \|$", page, re.MULTILINE):
        for model in models:
            backends.setdefault(model, []).append(backend)
    for own, gateway in re.findall(r"^\| `\w+` \| `([^`]+)` \| `([^`]+)` \|$", page, re.MULTILINE):
        backends.setdefault(own, ["anthropic"])
        backends.setdefault(gateway, list(GATEWAYS))
    return [NamedModel(model, tuple(names)) for model, names in backends.items() if names != ["offline", "offline"]]


def as_markdown(models: list[NamedModel]) -> str:
    book = PriceBook({})
    rows = [row for model in models for row in _rows(book, model)]
    lines = ["| " + " | ".join(cells) + " |" for cells in [HEAD, ["---"] * len(HEAD), *rows]]
    return "\n".join(["", f"genai-prices {genai_prices.__version__}, of {_table_date()}:", "", *lines, "", ""])


def as_json(models: list[NamedModel]) -> str:
    book = PriceBook({})
    rates = [(backend, one.model, book.rates(backend, one.model, 0)) for one in models for backend in one.backends]
    prices = [
        {"backend": backend, "model": model, "inputUsdPerMTok": float(its.input), "outputUsdPerMTok": float(its.output)}
        for backend, model, its in dict.fromkeys(rates)
        if its is not None
    ]
    return json.dumps(prices, indent=2) + "\n"


def documented(page: str) -> str:
    return page.partition(BEGIN)[2].partition(END)[0]


def _rows(book: PriceBook, named: NamedModel) -> list[list[str]]:
    backend, model = named.backends[0], named.model
    window, answer = book.context_window(backend, model), book.max_output_tokens(backend, model)
    steps = book.steps(backend, model)
    rows: list[list[str]] = []
    for start in steps:
        rates = book.rates(backend, model, start)
        prices = ["unknown"] * 4 if rates is None else _usd(rates)
        prompt = "any" if len(steps) == 1 else "shorter" if start == 0 else f"over {start - 1:,}"
        whose = ", ".join(f"`{name}`" for name in dict.fromkeys(named.backends))
        rows.append([f"`{model}`", whose, prompt, *prices, _tokens(window), _tokens(answer)])
    return rows


def _usd(rates: Rates) -> list[str]:
    return [f"{amount.normalize():f}" for amount in (rates.input, rates.output, rates.cache_read, rates.cache_write)]


def _tokens(count: int | None) -> str:
    return "unknown" if count is None else f"{count:,}"


def _table_date() -> str:
    """The day its release was uploaded, by the lock file."""
    packages = tomllib.loads((ROOT / "python" / "uv.lock").read_text("utf-8"))["package"]
    uploaded = next(one["sdist"]["upload-time"] for one in packages if one["name"] == "genai-prices")
    return str(uploaded)[:10]


def main() -> None:
    page = PAGE.read_text("utf-8")
    models = named_models(page)
    head, _, rest = page.partition(BEGIN)
    PAGE.write_text(head + BEGIN + as_markdown(models) + END + rest.partition(END)[2], "utf-8")
    FILE.write_text(as_json(models), "utf-8")


if __name__ == "__main__":
    main()
