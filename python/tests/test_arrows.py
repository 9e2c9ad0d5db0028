"""The worker's floors: imports between rooms go down, no modules import each other, and no ``__init__`` has logic."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import rlm_worker

SOURCES = Path(rlm_worker.__path__[0])

FLOORS = (
    "__main__",
    "packages",
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
    "wire",
    "context",
    "cancel",
    "system_limits",
    "errors",
    "unicode_text",
    "_generated",
    "__init__",
)
"""Each imports only what stands below it; ``docs/architecture.md`` tells what each is for."""

MODULES = {path.relative_to(SOURCES).with_suffix("").parts: path for path in sorted(SOURCES.rglob("*.py"))}


def imports(module: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """What a module imports of the worker, at its head, in functions and for types alike."""
    for statement in ast.walk(ast.parse(MODULES[module].read_text())):
        if isinstance(statement, ast.ImportFrom) and statement.level:
            base = module[: len(module) - statement.level] + tuple((statement.module or "").split(".")) * bool(
                statement.module
            )
            for alias in statement.names:
                yield next(name for name in ((*base, alias.name), base, (*base, "__init__")) if name in MODULES)


IMPORTS = {module: set(imports(module)) for module in MODULES}


def test_every_module_is_in_a_room_that_is_known_and_every_room_has_modules() -> None:
    assert {module[0] for module in MODULES} == set(FLOORS)


def test_imports_between_rooms_go_down_types_included() -> None:
    up = [
        f"{'.'.join(module)} imports {'.'.join(target)}"
        for module, targets in IMPORTS.items()
        for target in targets
        if FLOORS.index(target[0]) < FLOORS.index(module[0])
    ]
    assert up == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Types included."""
    done: set[tuple[str, ...]] = set()

    def visit(module: tuple[str, ...], path: tuple[tuple[str, ...], ...]) -> Iterator[str]:
        if module in path:
            yield " → ".join(".".join(step) for step in (*path[path.index(module) :], module))
        elif module not in done:
            for target in sorted(IMPORTS[module]):
                yield from visit(target, (*path, module))
        done.add(module)

    assert [circle for module in MODULES for circle in visit(module, ())] == []


@pytest.mark.parametrize("package", [module for module in MODULES if module[-1] == "__init__"], ids="/".join)
def test_no_logic_is_in_an_init(package: tuple[str, ...]) -> None:
    body = ast.parse(MODULES[package].read_text()).body
    assert all(isinstance(statement, ast.Expr | ast.ImportFrom | ast.Assign) for statement in body)
