"""What the forms of a page send: read within bounds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from dagplan.errors import SettingsError
from dagplan.journal.settle import value_of
from dagplan.policy import Mode

_MOST_BYTES: Final = 8_000_000
_MOST_FIELDS: Final = 5_000

MODES: Final[Mapping[str, tuple[Mode, ...]]] = {
    "parallel": ("parallel",),
    "sequential": ("sequential",),
    "both": ("parallel", "sequential"),
}


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form.

    Raises:
        SettingsError: It is larger than any form of this server.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise SettingsError(f"a form has at most {_MOST_BYTES:,} bytes")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS
        )
    except ValueError as error:
        raise SettingsError(f"that is no form: {error}") from error
    return dict(pairs)


@dataclass(frozen=True, slots=True)
class Doubts:
    """What the user says of steps of which nobody knows whether they were done.

    Attributes:
        retry: Those that are to run again.
        accept: What those found that were done, by id.
    """

    retry: list[str] = field(default_factory=list)
    accept: dict[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, form: Mapping[str, str]) -> "Doubts":
        """Read them from the form that `pages.going_on` wrote."""
        said = cls()
        for name, value in form.items():
            what, _, step_id = name.partition(":")
            if what == "doubt" and value == "retry":
                said.retry.append(step_id)
            elif what == "doubt" and value == "accept":
                said.accept[step_id] = value_of(form.get(f"value:{step_id}", ""))
        return said
