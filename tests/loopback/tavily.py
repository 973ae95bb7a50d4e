"""What Tavily's search endpoint answers to a recorded request.

Shapes and limits follow https://docs.tavily.com/documentation/api-reference
and what `tavily.AsyncTavilyClient` reads.
"""

from typing import Any

from .chat import error_headers, json_delivery
from .course import Course, unfold
from .recorded import Recorded
from .replies import Found, Hang, Hit, Status
from .script import Loopback
from .wire import HANG, Delivery

BAD_API_KEY = "tvly-bad"
MAX_QUERY = 400
MAX_RESULTS = 20
DEFAULT_RESULTS = 5

_USUAL = {
    400: "Invalid request.",
    401: "Unauthorized: missing or invalid API key.",
    429: "Your request has been blocked due to excessive requests. Please reduce the "
    "rate of requests.",
    432: "This request exceeds your plan's set usage limit.",
    500: "Internal Server Error",
}


def search(loopback: Loopback, request: Recorded) -> Delivery:
    """Answer `POST /search`."""
    if request.key is None:
        loopback.violate("a search was sent without a key; gate it before the client")
    if request.key is None or request.key == BAD_API_KEY:
        return _error(Status(401))
    wrong = _refusal(request)
    if wrong:
        return _error(Status(400, message=wrong))
    query = request.body["query"]
    reply = loopback.crowded(request) or loopback.find(query)
    if reply is None:
        loopback.violate(f"no result was scripted for {query!r}; use on_search")
        return _error(Status(500))
    return _deliver(loopback, request, unfold(reply))


def _deliver(loopback: Loopback, request: Recorded, course: Course) -> Delivery:
    match course.base:
        case Hang():
            return Delivery([*(gate for _, gate in course.gates), HANG])
        case Status():
            return _error(course.base, course)
        case Found():
            return json_delivery(_body(request, course.base), course)
        case other:
            loopback.violate(f"{other!r} is not a reply to a search; use hits or Found")
            return _error(Status(500))


def _refusal(request: Recorded) -> str | None:
    query = request.body.get("query")
    if not isinstance(query, str) or not query.strip():
        return "Query is missing."
    if len(query) > MAX_QUERY:
        return f"Query is too long. Max query length is {MAX_QUERY} characters."
    if not 0 <= request.body.get("max_results", DEFAULT_RESULTS) <= MAX_RESULTS:
        return f"Max results must be between 0 and {MAX_RESULTS}."
    return None


def _error(status: Status, course: Course | None = None) -> Delivery:
    message = status.message or _USUAL.get(status.status, "Error")
    return json_delivery(
        {"detail": {"error": message}},
        course,
        status=status.status,
        headers=error_headers(status),
    )


def _body(request: Recorded, found: Found) -> dict[str, Any]:
    asked = request.body
    hits = found.hits[: asked.get("max_results", DEFAULT_RESULTS)]
    return {
        "query": asked["query"],
        "follow_up_questions": None,
        "answer": found.answer if asked.get("include_answer") else None,
        "images": [],
        "results": [
            _result(hit, raw=bool(asked.get("include_raw_content"))) for hit in hits
        ],
        "response_time": 0.1,
        "request_id": f"search-{request.order}",
    }


def _result(hit: Hit, *, raw: bool) -> dict[str, Any]:
    return {
        "url": hit.url,
        "title": hit.title,
        "content": hit.content,
        "score": hit.score,
        "raw_content": hit.raw_content if raw else None,
    }
