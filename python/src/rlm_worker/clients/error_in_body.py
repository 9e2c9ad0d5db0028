"""An error that stands in the body of a 200, in the place of an answer or beside one, in the forms of many servers."""

from __future__ import annotations

from typing import Any, cast

from .error_statuses import MINIMAX, status_of
from .failures import ErrorInReply
from .json_body import Json, first_in, object_in
from .verdicts import status_by_words

ANSWERS = ("choices", "candidates", "promptFeedback")


def error_in(parent: Json) -> ErrorInReply | None:
    """The error; its status is None where neither a code nor the words say what kind it is."""
    error = _stated(parent)
    if error is None:
        return None
    status = status_of(error)
    return ErrorInReply(error, status_by_words(str(error)) if status is None else status)


def _stated(parent: Json) -> Json | None:
    error: Any = parent.get("error")
    if isinstance(error, dict):
        return cast(Json, error) or None
    if isinstance(error, str):
        return {"message": error.strip()} if error.strip() else None
    resp = object_in(parent, "base_resp")
    code = resp.get("status_code")
    if isinstance(code, int) and code:  # MiniMax
        return {"message": resp.get("status_msg"), "code": MINIMAX.get(code, 400)}
    return None if any(name in parent for name in ANSWERS) else _in_place_of_an_answer(parent)


def _in_place_of_an_answer(body: Json) -> Json | None:
    """An error in place of an answer. vLLM, DashScope: the body; Cloudflare: a list of them; FastAPI: a detail."""
    if body.get("object") == "error" or ("code" in body and "message" in body):
        return body
    detail = body.get("detail")
    return {"message": detail} if isinstance(detail, str) else first_in(body, "errors") or None
