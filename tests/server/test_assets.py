"""The scripts of the pages: what they may do, and that they can be read."""

import re

import anyio
import pytest

from dagplan.server.assets import routes
from dagplan.server.desk import Watched
from dagplan.server.drawing import Drawing
from dagplan.server.pages import run_page
from tests.programs import needs_node
from tests.server.conftest import Served
from tests.server.stage import CHAIN, Stage

pytestmark = pytest.mark.anyio


async def scripts(served: Served) -> dict[str, str]:
    names = [route.path for route in routes() if route.path.endswith(".js")]
    async with served(Stage(CHAIN).host()) as address, address.client() as http:
        return {name: (await http.get(name)).text for name in names}


async def test_scripts_write_texts_as_text_and_ask_nobody_else(served: Served):
    for name, script in (await scripts(served)).items():
        for way_out in ("innerHTML", "outerHTML", "insertAdjacent", "document.write"):
            assert way_out not in script, name
        for way_in in (
            "eval",
            "Function(",
            "import(",
            "importScripts",
            "createElementNS",
        ):
            assert way_in not in script, name
        addresses = re.findall(r"\w+://[\w.]+", script)
        # The name of a kind of markup; nobody is asked for it.
        assert {*addresses} <= {"http://www.w3.org"}, name


@needs_node
async def test_the_scripts_of_a_page_can_be_read_in_their_order(served: Served):
    found = await scripts(served)
    watched = Watched(Drawing([], over=True), 0.0, "Why?")
    named = re.findall(r'<script src="([^"]+)"', run_page("x", watched))
    assert len(named) == 6
    whole = "\n".join(found[name] for name in named)

    for script in (*found.values(), whole):
        await anyio.run_process(["node", "--check", "-"], input=script.encode())
