"""What names a value or a piece of work, so that it can be told from any other."""

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b

# Two different things share a name once in 2**80 of them. Not 16, since LangGraph takes
# a mapping whose keys are 32 hexadecimal digits for one of its own interrupt ids.
_BYTES = 20


def digest(value: object) -> str:
    """Name a plain JSON value; equal values have one name, whatever their key order.

    Args:
        value: Plain JSON.

    Returns:
        40 hexadecimal digits (BLAKE2b, RFC 7693).
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=_BYTES).hexdigest()


def work_digest(
    step_id: str,
    content: Sequence[object],
    inputs: Mapping[str, str],
    occurrence: int = 0,
) -> str:
    """Name a piece of work: the same call, for the same step, on the same inputs.

    Args:
        step_id: Id of the step. An item of a `for_each` step has that of its step, so
            that it is known by what it is and not by its place in the list.
        content: What is done: tool, arguments or task, type of the result; plain JSON.
        inputs: Digests of the values that it is given, by name.
        occurrence: How many equal items stand before it in the list.
    """
    return digest([step_id, content, inputs, occurrence])
