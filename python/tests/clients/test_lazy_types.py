"""The types of the SDKs are loaded when they are asked for, and are then what the SDKs' own packages make them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rlm_worker.clients import lazy_types

pytestmark = pytest.mark.slow

SRC = Path(lazy_types.__file__).parents[2]

COMPARE = """
import importlib, sys
from pathlib import Path
from rlm_worker.clients.lazy_types import load_types_lazily
load_types_lazily()
name = sys.argv[1]
top = importlib.import_module(name)
loaded, there = [module for module in sys.modules if module.startswith(name)], [*Path(*top.__path__).rglob("*.py")]
assert len(loaded) < float(sys.argv[2]) * len(there), f"{len(loaded)} of {len(there)}"
packages = {module: sys.modules[module] for module in list(sys.modules) if module.startswith(name)}
for package, lazy in packages.items():
    if not hasattr(lazy, "__path__"):
        continue
    assert "__getattr__" in vars(lazy), package
    eager = {"__name__": package, "__package__": package, "__path__": lazy.__path__}
    exec(compile(Path(lazy.__file__).read_text(), lazy.__file__, "exec", dont_inherit=True), eager)
    names = {name for name, its in eager.items() if hasattr(its, "__module__") and name != "annotations"}
    assert names - {"__builtins__"} <= set(lazy.__all__)
    for name in lazy.__all__:
        assert getattr(lazy, name) is eager[name], (package, name)
    print(package)
"""


@pytest.mark.parametrize("types, most", [("openai.types", 0.1), ("anthropic.types", 0.9)])
def test_few_are_loaded_with_the_sdk_and_every_name_is_what_the_sdk_makes_it(types: str, most: float) -> None:
    said = subprocess.run(
        [sys.executable, "-c", COMPARE, types, str(most)],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(SRC)},
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert types in said.stdout.splitlines()


@pytest.mark.parametrize(
    "source",
    ["from .model import Model\nMODELS = [Model]\n", "from .model import model\n", "from . import model\n"],
    ids=["does more", "a name hides its module", "names a module"],
)
def test_a_package_that_does_more_than_name_types_is_loaded_as_the_sdk_wrote_it(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "an_sdk"
    package.mkdir()
    (package / "__init__.py").write_text(source)
    (package / "model.py").write_text("class Model: ...\nmodel = Model()\n")
    monkeypatch.setattr(lazy_types, "PACKAGES", ("an_sdk",))
    monkeypatch.syspath_prepend(tmp_path)
    finder = lazy_types.TypesFinder()
    assert finder.find_spec("an_sdk", [str(tmp_path)]) is None
    (package / "__init__.py").write_text("from __future__ import annotations\n\nfrom .model import Model as Model\n")
    spec = finder.find_spec("an_sdk", [str(tmp_path)])
    assert spec is not None and isinstance(spec.loader, lazy_types.TypesLoader)
