"""How documents travel to the REPL, and what it makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rlm_worker._generated.messages import ContextFile, FilesContext
from rlm_worker.context import CHUNK_BYTES, open_context
from rlm_worker.environments.parcels import MOST_TOGETHER, Parcel, Parcels
from rlm_worker.environments.payload import Payload, payload_of
from rlm_worker.kernel.loading import LoadFailed, Loading

MIXED = ["", "one", "", "é" * 10, "x" * (CHUNK_BYTES - 1), "y" * CHUNK_BYTES, "", "é" * CHUNK_BYTES, "z", ""]


def payload(folder: Path, texts: list[str]) -> Payload:
    for place, text in enumerate(texts):
        (folder / f"{place}").write_bytes(text.encode())
    files = [ContextFile(name=f"{place}.txt", path=str(folder / f"{place}")) for place in range(len(texts))]
    return payload_of(open_context(FilesContext(files=files)))


def sent(payload: Payload) -> tuple[list[Parcel], str]:
    parcels = Parcels(payload)
    return [Parcel(parcel.documents, list(parcel.pieces)) for parcel in parcels], parcels.sha256.hexdigest()


def test_small_documents_travel_together_and_a_large_one_alone(tmp_path: Path) -> None:
    parcels, _ = sent(payload(tmp_path, ["small"] * (MOST_TOGETHER + 1) + ["x" * (CHUNK_BYTES + 1), "small"]))
    assert [len(parcel.documents) for parcel in parcels] == [MOST_TOGETHER, 1, 1, 1]
    assert [len(list(parcel.pieces)) for parcel in parcels] == [1, 1, 2, 1]


def test_no_piece_is_longer_than_a_chunk(tmp_path: Path) -> None:
    parcels, _ = sent(payload(tmp_path, MIXED))
    assert max(len(piece) for parcel in parcels for piece in parcel.pieces) == CHUNK_BYTES


@pytest.mark.parametrize("cut", [1 << 20, 4096, 7])
def test_every_document_arrives_as_it_was_however_the_bytes_are_cut(tmp_path: Path, cut: int) -> None:
    parcels, sha256 = sent(payload(tmp_path, MIXED))
    loading = Loading("files")
    for parcel in parcels:
        loading.documents(parcel.documents)
        for piece in parcel.pieces:
            for at in range(0, len(piece), cut):
                loading.data(piece[at : at + cut])
    value, report = loading.finish()
    assert value == {f"{place}.txt": text for place, text in enumerate(MIXED)}
    assert (report["sha256"], report["bytes"]) == (sha256, sum(len(text.encode()) for text in MIXED))


def test_bytes_that_were_not_announced_and_those_that_do_not_come_are_failures() -> None:
    loading = Loading("files")
    loading.documents([("a", 2)])
    with pytest.raises(LoadFailed, match="more bytes came than were announced"):
        loading.data(b"abc")
    loading = Loading("files")
    loading.documents([("a", 2), ("b", 1)])
    loading.data(b"ab")
    with pytest.raises(LoadFailed, match="ended before all of it had come"):
        loading.finish()


def test_a_character_cut_by_the_end_of_its_document_is_a_failure() -> None:
    loading = Loading("files")
    loading.documents([("a", 1), ("b", 1)])
    with pytest.raises(LoadFailed, match="not UTF-8"):
        loading.data("é".encode())
