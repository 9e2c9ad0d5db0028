"""docs/models.md and the command's estimate have the prices of the table that a run reckons with."""

from __future__ import annotations

import json

from model_prices import COMMAND, FILE, PAGE, as_json, as_markdown, documented, named_models

OUT_OF_STEP = f"the price table has changed, and a page has not: {COMMAND}"


def test_default_models_and_what_they_cost_stand_in_a_page() -> None:
    page = PAGE.read_text("utf-8")
    models = named_models(page)
    assert len(models) > 5
    assert documented(page) == as_markdown(models), OUT_OF_STEP
    assert "unknown" not in documented(page)


def test_the_estimate_of_a_dry_run_has_the_same_prices() -> None:
    models = named_models(PAGE.read_text("utf-8"))
    assert json.loads(FILE.read_text("utf-8")) == json.loads(as_json(models)), OUT_OF_STEP
