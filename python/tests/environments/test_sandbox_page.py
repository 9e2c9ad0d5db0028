"""docs/sandbox.md names every option of the kernel environments with its default."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rlm_worker.environments.create import OWN_OPTIONS
from rlm_worker.environments.options import KernelOptions, parse_options

PAGE = Path(__file__).parents[3] / "docs" / "sandbox.md"
ABSENT = "-"


def test_the_page_has_every_option_and_its_defaults() -> None:
    page = PAGE.read_text("utf-8").partition("\n## Limits\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-2]] for line in page.splitlines() if line.startswith("| `")]
    documented = {name.strip("`"): defaults for name, *defaults in rows}
    options = [_defaults(parse_options(model, {})) for model in OWN_OPTIONS.values()]
    names = {name for of_one in options for name in of_one}
    assert documented == {name: [of_one.get(name, ABSENT) for of_one in options] for name in names}


def _defaults(options: KernelOptions) -> dict[str, str]:
    return {name: _shown(value) for name, value in options.model_dump(by_alias=True).items()}


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
