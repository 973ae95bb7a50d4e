"""Fakes run on asyncio; on trio with a clock that jumps where time is the point."""

import pytest
from trio.testing import MockClock


@pytest.fixture
def anyio_backend(request: pytest.FixtureRequest) -> object:
    if getattr(request, "param", None) == "jumping trio":
        return "trio", {"clock": MockClock(autojump_threshold=0)}
    return "asyncio"
