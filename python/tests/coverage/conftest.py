from __future__ import annotations

import json
from pathlib import Path

import pytest
from coverage_harness import Context, Cover

from rlm_worker._generated.messages import ContextFile, FilesContext, JsonContext, TextContext
from rlm_worker.context import open_context
from rlm_worker.coverage import Coverage


@pytest.fixture
def cover(tmp_path: Path) -> Cover:
    """The coverage of a context: a text, many files (a dict of texts), or JSON (a list, or a dict of anything)."""

    def cover(context: Context) -> Coverage:
        if isinstance(context, str):
            (tmp_path / "text").write_bytes(context.encode())
            source = TextContext(path=str(tmp_path / "text"))
        elif isinstance(context, dict) and all(isinstance(value, str) for value in context.values()):
            files = [ContextFile(name=name, path=str(tmp_path / f"{place}")) for place, name in enumerate(context)]
            for file in files:
                Path(file.path).write_bytes(context[file.name].encode())
            source = FilesContext(files=files)
        else:
            (tmp_path / "json").write_text(json.dumps(context, ensure_ascii=False), newline="")
            source = JsonContext(path=str(tmp_path / "json"))
        return Coverage(open_context(source))

    return cover
