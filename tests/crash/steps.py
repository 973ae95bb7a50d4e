"""One execution of a step, the same under every engine."""

import os
from collections import Counter
from collections.abc import Mapping
from random import Random

import anyio

from tests.crash.plans import Case, base
from tests.crash.witness import Witness


class NeverError(Exception):
    """A failure that stays."""


class Steps:
    """Performs the steps of a case and has the witness see it.

    Args:
        case: What is run.
        witness: Sees it.
        process: Number of the process in its run, from 1.
    """

    def __init__(self, case: Case, witness: Witness, process: int) -> None:
        self._tasks = case.by_id()
        self._witness = witness
        self._process = process
        self._tried: Counter[str] = Counter()

    async def perform(
        self, node: str, inputs: Mapping[str, object], key: str = ""
    ) -> object:
        """Execute a step or an item.

        Args:
            node: Its id.
            inputs: Values of its dependencies, and of its item.
            key: Its idempotency key, where there is one.

        Raises:
            ConnectionError: It may succeed when it is tried again.
            NeverError: It will not in this process.
        """
        task = self._tasks[base(node)]
        nonce = os.urandom(6).hex()
        self._witness.write("began", node, nonce=nonce, key=key, inputs=dict(inputs))
        self._tried[node] += 1
        # Of another length each time, so that no two processes take the same course.
        await anyio.sleep(Random(nonce).uniform(0.0, task.wait))
        if task.fails(inputs, self._process):
            self._witness.write("failed", node, nonce=nonce)
            raise NeverError(node)
        if task.fate == "flaky" and self._tried[node] == 1:
            self._witness.write("failed", node, nonce=nonce)
            raise ConnectionError(node)
        value = task.value(inputs, nonce)
        self._witness.write("ended", node, nonce=nonce, value=value)
        return value
