"""The worker's floors: imports between rooms go down, no modules import each other, and no ``__init__`` has logic.

Below them all lies ``rlm_coverage``, which knows nothing of the worker, and which one room of it knows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

import rlm_coverage
import rlm_worker

FLOORS = (
    "__main__",
    "template",
    "packages",
    "prompts_version",
    "silent_printer",
    "server",
    "run",
    "direct",
    "loop",
    "environments",
    "kernel",
    "ledger",
    "coverage",
    "clients",
    "answers",
    "journal",
    "wire",
    "context",
    "sent_documents",
    "carried_context",
    "cancel",
    "system_limits",
    "errors",
    "unicode_text",
    "json_bytes",
    "json_texts",
    "snake_case",
    "_generated",
    "deferred_model",
    "__init__",
)
"""Each imports only what stands below it; ``docs/architecture.md`` tells what each is for."""

Module = tuple[str, ...]


def modules_of(package: ModuleType) -> dict[Module, Path]:
    sources = Path(package.__path__[0])
    return {path.relative_to(sources).with_suffix("").parts: path for path in sorted(sources.rglob("*.py"))}


MODULES = modules_of(rlm_worker)
COVERAGE = modules_of(rlm_coverage)


@cache
def imports_in(path: Path) -> list[ast.Import | ast.ImportFrom]:
    """At its head, in functions and for types alike."""
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Import | ast.ImportFrom)]


def imports(module: Module, modules: dict[Module, Path]) -> Iterator[Module]:
    """What a module imports of its own package."""
    for statement in imports_in(modules[module]):
        if isinstance(statement, ast.ImportFrom) and statement.level:
            base = module[: len(module) - statement.level] + tuple((statement.module or "").split(".")) * bool(
                statement.module
            )
            for alias in statement.names:
                yield next(name for name in ((*base, alias.name), base, (*base, "__init__")) if name in modules)


def imported_packages(path: Path) -> set[str]:
    """The packages that a module imports by their names."""
    statements = imports_in(path)
    named = [alias.name for statement in statements if isinstance(statement, ast.Import) for alias in statement.names]
    named += [
        statement.module or ""
        for statement in statements
        if isinstance(statement, ast.ImportFrom) and not statement.level
    ]
    return {name.split(".")[0] for name in named}


def test_every_module_is_in_a_room_that_is_known_and_every_room_has_modules() -> None:
    assert {module[0] for module in MODULES} == set(FLOORS)


def test_imports_between_rooms_go_down_types_included() -> None:
    up = [
        f"{'.'.join(module)} imports {'.'.join(target)}"
        for module in MODULES
        for target in set(imports(module, MODULES))
        if FLOORS.index(target[0]) < FLOORS.index(module[0])
    ]
    assert up == []


@pytest.mark.parametrize("modules", [MODULES, COVERAGE], ids=["rlm_worker", "rlm_coverage"])
def test_no_modules_import_each_other_in_a_circle(modules: dict[Module, Path]) -> None:
    """Types included."""
    done: set[Module] = set()

    def visit(module: Module, path: tuple[Module, ...]) -> Iterator[str]:
        if module in path:
            yield " → ".join(".".join(step) for step in (*path[path.index(module) :], module))
        elif module not in done:
            for target in sorted(imports(module, modules)):
                yield from visit(target, (*path, module))
        done.add(module)

    assert [circle for module in modules for circle in visit(module, ())] == []


@pytest.mark.parametrize("package", [module for module in MODULES if module[-1] == "__init__"], ids="/".join)
def test_no_logic_is_in_an_init(package: Module) -> None:
    body = ast.parse(MODULES[package].read_text()).body
    assert all(isinstance(statement, ast.Expr | ast.ImportFrom | ast.Assign) for statement in body)


def test_coverage_imports_nothing_of_the_worker() -> None:
    assert {package for path in COVERAGE.values() for package in imported_packages(path)} & {"rlm_worker"} == set()


def test_only_the_room_of_coverage_imports_the_coverage() -> None:
    rooms = {module[0] for module, path in MODULES.items() if "rlm_coverage" in imported_packages(path)}
    assert rooms == {"coverage"}
