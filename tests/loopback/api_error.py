"""OpenAI's error bodies."""

from dataclasses import dataclass
from typing import Any

from .replies import Status


@dataclass(frozen=True, slots=True)
class ApiError:
    """An error as OpenAI sends it.

    Attributes:
        message: The sentence for people.
        param: The parameter at fault.
        code: The code for programs.
        status: The HTTP status.
        type: OpenAI's class of error.
    """

    message: str
    param: str | None = None
    code: str | None = None
    status: int = 400
    type: str = "invalid_request_error"

    def body(self) -> dict[str, Any]:
        """The JSON body: ``{"error": {message, type, param, code}}``."""
        return {
            "error": {
                "message": self.message,
                "type": self.type,
                "param": self.param,
                "code": self.code,
            }
        }


NO_KEY = ApiError(
    "You didn't provide an API key. You need to provide your API key in an "
    "Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
    code="invalid_api_key",
    status=401,
)
BAD_KEY = ApiError(
    "Incorrect API key provided: bad-key. You can find your API key at "
    "https://platform.openai.com/account/api-keys.",
    code="invalid_api_key",
    status=401,
)
RATE_LIMIT = ApiError(
    "Rate limit reached for requests. Please try again later.",
    code="rate_limit_exceeded",
    status=429,
    type="requests",
)
NO_QUOTA = ApiError(
    "You exceeded your current quota, please check your plan and billing details.",
    code="insufficient_quota",
    status=429,
    type="insufficient_quota",
)
SERVER_ERROR = ApiError(
    "The server had an error while processing your request. Sorry about that!",
    status=500,
    type="server_error",
)
OVERLOADED = ApiError(
    "The engine is currently overloaded, please try again later.",
    status=503,
    type="server_error",
)

_USUAL = {401: BAD_KEY, 429: RATE_LIMIT, 500: SERVER_ERROR, 503: OVERLOADED}


def unknown_model(model: str) -> ApiError:
    """What OpenAI says of a model that it does not serve to this key."""
    return ApiError(
        f"The model `{model}` does not exist or you do not have access to it.",
        code="model_not_found",
        status=404,
    )


def scripted_error(reply: Status) -> ApiError:
    """The error that a scripted status stands for."""
    plain = ApiError("Invalid request.", status=reply.status)
    usual = _USUAL.get(reply.status, plain)
    if reply.code == NO_QUOTA.code:
        usual = NO_QUOTA
    return ApiError(
        message=reply.message or usual.message,
        code=reply.code or usual.code,
        status=reply.status,
        type=usual.type,
    )
