"""The types of the providers' SDKs, each loaded when it is asked for: hundreds of modules, of which a call needs few.

An SDK's ``types`` packages name what their modules define. One that does nothing else looks a name up when it is asked
for; any other is loaded as the SDK wrote it.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any, Final, NamedTuple

PACKAGES: Final = ("openai.types", "anthropic.types", "portkey_ai._vendor.openai.types")


class Place(NamedTuple):
    """Where a name of a package is defined: ``module``, relative to the package, and its name there."""

    module: str
    name: str


@cache
def load_types_lazily() -> None:
    """For every SDK that is imported from now on, in this process."""
    sys.meta_path.insert(0, TypesFinder())


class TypesFinder(MetaPathFinder):
    """Finds the packages that only name what their modules define."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """None leaves a module to the finders after this one."""
        if not any(fullname == package or fullname.startswith(f"{package}.") for package in PACKAGES):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.submodule_search_locations is None or not isinstance(spec.loader, SourceFileLoader):
            return None
        places = _places(ast.parse(spec.loader.get_data(spec.loader.path)))
        if places is None:
            return None
        spec.loader = TypesLoader(spec.loader, places)
        return spec


class TypesLoader(SourceFileLoader):
    """Loads such a package without its modules."""

    def __init__(self, loader: SourceFileLoader, places: dict[str, Place]) -> None:
        super().__init__(loader.name, loader.path)
        self._places = places

    def exec_module(self, module: ModuleType) -> None:
        def attribute(name: str) -> Any:
            if name not in self._places:
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            place = self._places[name]
            value = getattr(import_module(place.module, module.__name__), place.name)
            setattr(module, name, value)
            return value

        vars(module).update(__getattr__=attribute, __all__=list(self._places))


def _places(package: ast.Module) -> dict[str, Place] | None:
    """Where each name comes from; None for a package that does more than name what its modules define."""
    places: dict[str, Place] = {}
    for statement in package.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            continue
        if not isinstance(statement, ast.ImportFrom) or statement.level != 1 or statement.module is None:
            return None
        places |= dict(_named(statement.module, statement.names))
    return None if places.keys() & {place.module.split(".")[1] for place in places.values()} else places


def _named(module: str, names: list[ast.alias]) -> Iterator[tuple[str, Place]]:
    for alias in names:
        yield alias.asname or alias.name, Place(f".{module}", alias.name)
