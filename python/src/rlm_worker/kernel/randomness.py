"""``random``, seeded anew for each code block: code that runs again in a resumed run draws what it drew before."""

from __future__ import annotations

import sys
from _frozen_importlib_external import PathFinder
from collections.abc import Callable
from types import ModuleType
from typing import Any
from zlib import crc32

_SEEDED: dict[str, Callable[[Any, str], object]] = {
    "random": lambda module, seed: module.seed(seed),
    "numpy.random": lambda module, seed: module.seed(crc32(seed.encode())),
}
"""What has one state for all of a process. Generators that code makes for itself are its own matter."""


class Randomness:
    """Seeds the modules that are loaded when a code block begins, and the others when it first imports them."""

    def __init__(self) -> None:
        self._seed = ""
        sys.meta_path.insert(0, self)

    def begin(self, seed: str) -> None:
        """A code block is about to run."""
        self._seed = seed
        for name in _SEEDED:
            module = sys.modules.get(name)
            if module is not None:
                self._apply(name, module)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """As Python asks every finder for a module that is not loaded yet."""
        if name not in _SEEDED:
            return None
        spec: Any = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _SeedingLoader(spec.loader, lambda module: self._apply(name, module))
        return spec

    def _apply(self, name: str, module: ModuleType) -> None:
        try:
            _SEEDED[name](module, self._seed)
        except BaseException:  # model code may have put anything in its place
            return


class _SeedingLoader:
    """The loader of a module, which seeds it once it has run."""

    def __init__(self, loader: Any, seed: Callable[[ModuleType], None]) -> None:
        self._loader = loader
        self._seed = seed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: Any) -> Any:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        self._seed(module)
