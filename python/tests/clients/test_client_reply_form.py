"""A schema goes to the server in the wire's own field where it is taken; what is refused is remembered."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from fake_provider import Answer, FakeProvider, in_turn

from rlm_worker.clients.base import ModelRequest
from rlm_worker.errors import ProviderError
from wire import MESSAGES, anthropic_answer, anthropic_error, client, gemini_answer, gemini_error, openai_answer, run
from wire import openai_error as oai

names = (f"form-{n}" for n in itertools.count())
"""What is learned of a model is kept for the process, so each test has its own."""

OPEN = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
CLOSED = {**OPEN, "additionalProperties": False}
LIST = {"type": "array", "items": {"$ref": "#/$defs/x"}, "$defs": {"x": {"enum": ["a", "b"]}}}
MEMBER = {
    "type": "object",
    "properties": {"reply": {"type": "array", "items": {"$ref": "#/$defs/x"}}},
    "required": ["reply"],
    "additionalProperties": False,
    "$defs": {"x": {"enum": ["a", "b"]}},
}
ANSWERS = {"anthropic": anthropic_answer, "gemini": gemini_answer}
OPENAI_WIRE = ["openai", "azure_openai", "openrouter", "portkey", "vercel", "vllm", "litellm", "ollama"]


def asked(backend: str, schema: Any, *answers: Answer, model: str = "", calls: int = 1, **more: Any) -> Any:
    """The bodies sent, and the last reply."""
    name = model or next(names)
    with FakeProvider(in_turn(*(answers or [ANSWERS.get(backend, openai_answer)()]))) as server:
        made = client(backend, server.url, name, **more)
        replies = [run(made.complete(ModelRequest(MESSAGES, 50, schema=schema))) for _ in range(calls)]
    return [request.body for request in server.requests], replies[-1]


def forms(backend: str, bodies: list[dict[str, Any]]) -> list[str]:
    """In which form each request asked for its reply."""
    return [_form(backend, body) for body in bodies]


def _form(backend: str, body: dict[str, Any]) -> str:
    config = body.get("generationConfig", {})
    if backend == "gemini":
        return "schema" if "responseJsonSchema" in config else "json" if "responseMimeType" in config else "text"
    if backend == "anthropic":
        return "schema" if "format" in body.get("output_config", {}) else "text"
    return {"json_schema": "schema", "json_object": "json"}.get(body.get("response_format", {}).get("type"), "text")


@pytest.mark.parametrize("backend", OPENAI_WIRE)
@pytest.mark.parametrize(
    ("schema", "sent", "strict"), [(OPEN, OPEN, False), (CLOSED, CLOSED, True), (LIST, MEMBER, True)]
)
def test_openais_wire_gets_the_schema_as_response_format(backend: str, schema: Any, sent: Any, strict: bool) -> None:
    [body], _ = asked(backend, schema)
    named = {"name": "reply", "schema": sent, "strict": strict}
    assert body["response_format"] == {"type": "json_schema", "json_schema": named}


def test_anthropics_wire_gets_the_schema_as_output_config_format() -> None:
    [body], _ = asked("anthropic", OPEN, sampling={"reasoningEffort": "low"})
    assert body["output_config"] == {"effort": "low", "format": {"type": "json_schema", "schema": CLOSED}}
    nullable = {"type": "object", "properties": {"n": {"type": ["integer", "null"], "minimum": 1}}}
    [body], _ = asked("anthropic", nullable)
    sent = body["output_config"]["format"]["schema"]["properties"]["n"]
    assert sent == {"anyOf": [{"type": "integer", "description": "{minimum: 1}"}, {"type": "null"}]}


@pytest.mark.parametrize("schema", [{"type": "object"}, {"type": "object", "additionalProperties": {"type": "string"}}])
def test_anthropic_is_sent_no_schema_that_its_closed_objects_would_empty(schema: Any) -> None:
    [body], _ = asked("anthropic", schema)
    assert "output_config" not in body


def test_geminis_wire_gets_the_schema_and_the_mime_type_and_only_keywords_it_knows() -> None:
    odd = {"type": "object", "properties": {"const": {"const": 1, "multipleOf": 2}}, "$schema": "x", "minProperties": 1}
    [body], _ = asked("gemini", odd)
    config = body["generationConfig"]
    assert config["responseMimeType"] == "application/json"
    assert config["responseJsonSchema"] == {"type": "object", "properties": {"const": {"enum": [1]}}}


@pytest.mark.parametrize("backend", [*OPENAI_WIRE, "anthropic", "gemini"])
def test_a_call_without_a_schema_sends_nothing_of_a_form(backend: str) -> None:
    [body], _ = asked(backend, None)
    assert forms(backend, [body]) == ["text"]
    assert "reply" not in json.dumps(body)


@pytest.mark.parametrize(
    ("backend", "sampling", "kept"),
    [
        ("openai", {"response_format": {"type": "text"}}, ("response_format", {"type": "text"})),
        ("vllm", {"responseFormat": {"type": "json_object"}}, ("response_format", {"type": "json_object"})),
        ("vllm", {"extra_body": {"guided_json": {}}}, ("guided_json", {})),
        ("vllm", {"structured_outputs": {"choice": ["a"]}}, ("structured_outputs", {"choice": ["a"]})),
        ("anthropic", {"output_config": {"format": {"x": 1}}}, ("output_config", {"format": {"x": 1}})),
    ],
)
def test_a_form_of_the_callers_own_wins(backend: str, sampling: Any, kept: tuple[str, Any]) -> None:
    [body], _ = asked(backend, OPEN, sampling=sampling)
    assert body[kept[0]] == kept[1]
    assert "reply" not in json.dumps(body)


def test_a_form_of_the_callers_own_wins_with_gemini() -> None:
    [body], _ = asked("gemini", OPEN, sampling={"responseMimeType": "text/plain"})
    assert body["generationConfig"]["responseMimeType"] == "text/plain"
    assert "responseJsonSchema" not in body["generationConfig"]


LITERAL = {"detail": [{"type": "literal_error", "loc": ["body", "response_format", "type"], "msg": "Input should be"}]}
NO_SCHEMAS = {
    "OpenAI": ("openai", 400, oai("Invalid parameter: 'response_format' of type 'json_schema' is not supported")),
    "DeepSeek": ("openai", 400, oai("This response_format type is unavailable now")),
    "DeepSeek, 422": ("openai", 422, oai("Failed to deserialize: response_format: `json_schema` is unavailable now")),
    "Mistral": ("openai", 422, LITERAL),
    "Groq": (
        "openai",
        400,
        oai("This model does not support response format `json_schema`. See supported models at …"),
    ),
    "old Azure": ("azure_openai", 400, oai("response_format value as json_schema is enabled only for api versions …")),
    "older Azure": ("azure_openai", 400, oai("Unrecognized request argument supplied: response_format")),
    "OpenRouter": ("openrouter", 404, oai("No endpoints found that can handle the requested parameters.", code=404)),
    "LiteLLM": (
        "litellm",
        400,
        oai("litellm.UnsupportedParamsError: m does not support parameters: ['response_format']"),
    ),
    "vLLM": ("vllm", 400, {"object": "error", "message": "1 validation error: response_format.type", "code": 400}),
    "llama.cpp": (
        "vllm",
        500,
        oai('response_format type must be one of "text" or "json_object", but got: json_schema'),
    ),
    "Portkey": ("portkey", 400, oai("fireworks-ai error: response_format is not supported")),
    "Ollama": ("ollama", 400, oai("json: cannot unmarshal object into Go struct field .response_format.json_schema")),
    "Gemini": (
        "gemini",
        400,
        gemini_error("Unknown name \"responseJsonSchema\" at 'generation_config': no such field"),
    ),
    "Anthropic": ("anthropic", 400, anthropic_error("output_config.format: Extra inputs are not permitted")),
    "words": ("vllm", 400, oai("This model does not support JSON schemas in its replies.")),
    "Claude 3": ("anthropic", 400, anthropic_error("'claude-3-haiku-20240307' does not support output format.")),
}


@pytest.mark.parametrize(("backend", "status", "refusal"), NO_SCHEMAS.values(), ids=NO_SCHEMAS)
def test_a_server_that_takes_no_schema_is_asked_in_the_next_form_and_remembered_for_every_schema(
    backend: str, status: int, refusal: Any
) -> None:
    name, answer = next(names), ANSWERS.get(backend, openai_answer)()
    down = "text" if backend == "anthropic" else "json"
    with FakeProvider(in_turn(Answer(status, refusal), answer)) as server:
        for schema in (OPEN, CLOSED):
            asked = ModelRequest(MESSAGES, 50, schema=schema)
            assert run(client(backend, server.url, name).complete(asked)).text == "hello"
    assert forms(backend, [request.body for request in server.requests]) == ["schema", down, down]


NOT_THIS_SCHEMA = {
    "OpenAI": ("openai", 400, oai("Invalid schema for response_format 'reply': 'x' is not valid under any of …")),
    "vLLM": ("vllm", 400, oai("The provided JSON schema contains features not supported by xgrammar.")),
    "llama.cpp": ("vllm", 400, oai("Failed to parse grammar")),
    "llama.cpp, converting": ("vllm", 400, oai('JSON schema conversion failed:\nUnrecognized schema: {"not":{}}')),
    "Ollama": ("ollama", 500, oai("invalid JSON schema in format")),
    "LM Studio": ("openai", 400, {"error": " Invalid structured output configuration: data/type must be equal to"}),
    "Gemini": ("gemini", 400, gemini_error("The specified schema produces a constraint that has too many states")),
    "Gemini, deep": ("gemini", 400, gemini_error("A schema in GenerationConfig exceeds the maximum allowed nesting")),
    "Gemini, a keyword": (
        "gemini",
        400,
        gemini_error("Unknown name \"x\" at 'generation_config.response_json_schema.items'"),
    ),
    "Gemini, mute": ("gemini", 400, gemini_error("Request contains an invalid argument.")),
    "Anthropic": ("anthropic", 400, anthropic_error("output_config.format.schema: Schema is too complex to compile")),
    "Anthropic, recursive": ("anthropic", 400, anthropic_error("Recursive definitions in schema are not supported")),
}


@pytest.mark.parametrize(("backend", "status", "refusal"), NOT_THIS_SCHEMA.values(), ids=NOT_THIS_SCHEMA)
def test_a_schema_that_a_server_refuses_is_remembered_alone(backend: str, status: int, refusal: Any) -> None:
    answer, name = ANSWERS.get(backend, openai_answer)(), next(names)
    down = "text" if backend == "anthropic" else "json"
    with FakeProvider(in_turn(Answer(status, refusal), answer)) as server:
        for schema in (OPEN, OPEN, LIST):
            run(client(backend, server.url, name).complete(ModelRequest(MESSAGES, 50, schema=schema)))
    assert forms(backend, [request.body for request in server.requests]) == ["schema", down, down, "schema"]


def test_json_of_any_schema_is_refused_too_and_text_is_what_is_left() -> None:
    refusals = [
        oai("json_schema is not supported"),
        {"error": "'response_format.type' must be 'json_schema' or 'text'"},
    ]
    answers = [*(Answer(400, refusal) for refusal in refusals), openai_answer()]
    bodies, _ = asked("openai", OPEN, *answers, calls=2)
    assert forms("openai", bodies) == ["schema", "json", "text", "text"]
    bodies, _ = asked(
        "gemini", OPEN, *[Answer(400, gemini_error("JSON mode is not enabled for m"))] * 2, gemini_answer()
    )
    assert forms("gemini", bodies) == ["schema", "json", "text"]


@pytest.mark.parametrize("error", [oai("response_format is not supported", code=400)["error"], "no json_schema here"])
def test_a_refusal_inside_of_a_200_is_one_too(error: Any) -> None:
    bodies, reply = asked("openrouter", OPEN, Answer(200, {"error": error}), openai_answer())
    assert (forms("openrouter", bodies), reply.text) == (["schema", "json"], "hello")


def test_a_reply_that_missed_the_schema_at_the_server_is_asked_again_without_and_forgotten() -> None:
    missed = oai("Failed to validate JSON. Please adjust your prompt.", code="json_validate_failed")
    bodies, _ = asked("openai", OPEN, Answer(400, missed), openai_answer(), calls=2)
    assert forms("openai", bodies) == ["schema", "json", "schema"]


@pytest.mark.parametrize(
    ("status", "said"), [(401, "bad key for schema"), (402, "no credit"), (403, "schema"), (400, "unknown parameter x")]
)
def test_what_is_not_about_the_form_is_not_asked_again(status: int, said: str) -> None:
    with FakeProvider(in_turn(Answer(status, oai(said)))) as server, pytest.raises(ProviderError):
        run(client("openai", server.url, next(names)).complete(ModelRequest(MESSAGES, schema=OPEN)))
    assert len(server.requests) == 1


def test_a_server_that_refuses_in_every_form_is_not_asked_a_fourth_time_and_nothing_is_learned() -> None:
    name, refusal = next(names), Answer(400, oai("response_format: bad"))
    with FakeProvider(in_turn(*[refusal] * 3, openai_answer())) as server:
        model = client("openai", server.url, name)
        with pytest.raises(ProviderError, match="response_format: bad"):
            run(model.complete(ModelRequest(MESSAGES, schema=OPEN)))
        run(model.complete(ModelRequest(MESSAGES, schema=OPEN)))
    assert forms("openai", [request.body for request in server.requests]) == ["schema", "json", "text", "schema"]


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ('{"reply": ["a"]}', '["a"]'),
        ('```json\n{"reply": ["ä"]}\n```', '["ä"]'),
        ('["a"]', '["a"]'),
        ('{"reply": 1, "more": 2}', '{"reply": 1, "more": 2}'),
        ("prose", "prose"),
    ],
)
def test_a_value_that_is_no_object_comes_as_the_member_of_one_and_is_read_from_it(said: str, read: str) -> None:
    [body], reply = asked("openai", LIST, openai_answer(said))
    assert reply.text == read
    assert body["messages"][-1]["content"].endswith('as the only member of a JSON object: {"reply": …}')
    assert asked("openai", OPEN, openai_answer(said))[1].text == said


def test_a_schema_whose_references_lead_to_its_root_is_not_put_into_an_object() -> None:
    [body], _ = asked("openai", {"type": "array", "items": {"$ref": "#"}})
    assert "response_format" not in body
    [body], _ = asked("openai", {**OPEN, "properties": {"n": {"$ref": "#"}}})
    assert body["response_format"]["json_schema"]["schema"]["properties"] == {"n": {"$ref": "#"}}
