"""Packages that import at once all that they have: one name of them is to take what itself needs."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import resolve_name
from types import ModuleType
from typing import Any


@contextmanager
def lazy_packages(*roots: str) -> Iterator[None]:
    """What is imported of these packages, and of those below them, is imported when it is asked for."""
    finder = _Finder(roots)
    sys.meta_path.insert(0, finder)
    yield
    sys.meta_path.remove(finder)


class _Finder:
    def __init__(self, roots: Sequence[str]) -> None:
        self._roots = roots

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Finds modules of the packages alone."""
        if name.partition(".")[0] not in self._roots:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.submodule_search_locations is not None and spec.origin is not None:
            spec.loader = _Loader(name, spec.origin)
        return spec


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        """Reads where the package has its names from. One that it has from nowhere runs all of it."""
        homes = dict(_imported(self.get_data(self.path), module.__name__))

        def find(name: str) -> Any:
            if name in homes:
                home, its = homes[name]
                found = import_module(f"{home}.{its}") if home == module.__name__ else getattr(import_module(home), its)
            elif name.startswith("__") or PathFinder.find_spec(f"{module.__name__}.{name}", module.__path__):
                raise AttributeError(name)
            else:
                del module.__dict__["__getattr__"]
                super(_Loader, self).exec_module(module)
                found = getattr(module, name)
            setattr(module, name, found)
            return found

        module.__dict__["__getattr__"] = find


def _imported(source: bytes, package: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each name that a package imports, with the module that has it, and the name there."""
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.ImportFrom):
            home = resolve_name("." * statement.level + (statement.module or ""), package)
            for name in statement.names:
                yield name.asname or name.name, (home, name.name)
