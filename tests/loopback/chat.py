"""What the chat endpoints answer to a recorded request."""

from dataclasses import replace
from typing import Any

from .api_error import SERVER_ERROR, ApiError, scripted_error
from .completion import (
    Completion,
    Usage,
    body,
    cached_tokens,
    chunks,
    compact,
    completion,
    prompt_text,
    tokens,
)
from .course import Course, unfold
from .recorded import Recorded
from .replies import Content, Found, Hang, Status
from .reply_rules import violations
from .request_rules import key_refusal, refusal
from .script import Loopback
from .wire import HANG, Delivery

MODELS = ("gpt-4.1", "gpt-4.1-mini", "gpt-4o", "gpt-4o-mini")
JSON = "application/json"


def models(request: Recorded) -> Delivery:
    """Answer `GET /v1/models`."""
    error = key_refusal(request)
    if error:
        return error_delivery(error)
    listed = [
        {"id": name, "object": "model", "created": 0, "owned_by": "loopback"}
        for name in MODELS
    ]
    return json_delivery({"object": "list", "data": listed})


def chat(loopback: Loopback, request: Recorded) -> Delivery:
    """Answer `POST /v1/chat/completions`."""
    error = refusal(request)
    if error:
        return error_delivery(error)
    reply = loopback.crowded(request) or loopback.next_reply(request)
    if reply is None:
        return violated(
            loopback,
            f"no reply was scripted for request {request.order}: {request.text!r}; "
            "queue one with loopback.reply(...)",
        )
    return _deliver(loopback, request, unfold(reply))


def _deliver(loopback: Loopback, request: Recorded, course: Course) -> Delivery:
    match course.base:
        case Hang():
            return Delivery([*(gate for _, gate in course.gates), HANG])
        case Status():
            return _status(course, course.base)
        case Found():
            return violated(loopback, "Found is a reply to a search, not to a chat")
        case base:
            return _message(loopback, request, base, course)


def violated(loopback: Loopback, *what: str) -> Delivery:
    """Note violations and answer 500."""
    for sentence in what:
        loopback.violate(sentence)
    return error_delivery(replace(SERVER_ERROR, message="; ".join(what)))


def json_delivery(
    payload: Any,
    course: Course | None = None,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Delivery:
    """A JSON body in one piece, after the gates of its course."""
    written = compact(payload).encode()
    actions = course.whole(written) if course else [written]
    about = {"content-type": JSON, "content-length": str(len(written))}
    return Delivery(actions, status, {**about, **(headers or {})})


def error_delivery(error: ApiError) -> Delivery:
    """An error of OpenAI's."""
    return json_delivery(error.body(), status=error.status)


def error_headers(status: Status) -> dict[str, str]:
    """The headers of a scripted error."""
    if status.retry_after is None:
        return dict(status.headers)
    return {"retry-after": f"{status.retry_after:g}", **status.headers}


def _status(course: Course, status: Status) -> Delivery:
    error = scripted_error(status)
    return json_delivery(
        error.body(), course, status=error.status, headers=error_headers(status)
    )


def _truncated(message: Completion, course: Course) -> Completion:
    if course.stopped is None:
        return message
    kept = None if message.content is None else message.content[: course.kept]
    calls = [(name, arguments[: course.kept]) for name, arguments in message.calls]
    return replace(message, content=kept, calls=calls, finish=course.stopped)


def _message(
    loopback: Loopback, request: Recorded, reply: Content, course: Course
) -> Delivery:
    whole = completion(reply, request.order)
    message = _forced(_truncated(whole, course), request)
    found = violations(request, message)
    if found:
        return violated(loopback, *found)
    usage = _usage(loopback, request, message)
    if request.stream:
        return _streamed(request, message, usage, course)
    return json_delivery(body(message, request.model, usage), course)


def _usage(loopback: Loopback, request: Recorded, message: Completion) -> Usage:
    prompt = prompt_text(request)
    cached = cached_tokens(prompt, loopback.prompts)
    loopback.prompts.append(prompt)
    return Usage(tokens(prompt), message.cost(), cached)


def _forced(message: Completion, request: Recorded) -> Completion:
    """Observed of OpenAI: a call that `tool_choice` names ends with "stop"."""
    if message.finish == "tool_calls" and isinstance(
        request.body.get("tool_choice"), dict
    ):
        return replace(message, finish="stop")
    return message


def _streamed(
    request: Recorded, message: Completion, usage: Usage, course: Course
) -> Delivery:
    options = request.body.get("stream_options") or {}
    wanted = usage if options.get("include_usage") else None
    parts = chunks(message, request.model, wanted, course.characters)
    actions = course.streamed(
        _event(parts.opening),
        [_event(chunk) for chunk in parts.content],
        [*map(_event, parts.closing), b"data: [DONE]\n\n"],
    )
    headers = {"content-type": "text/event-stream; charset=utf-8"}
    return Delivery(actions, headers=headers)


def _event(chunk: dict[str, Any]) -> bytes:
    return f"data: {compact(chunk)}\n\n".encode()
