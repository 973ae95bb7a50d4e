"""A browser for a module, a page for a test, and what that page sent and said."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.programs import CHROMIUM
from tests.server.conftest import served

__all__ = ["anyio_backend", "browser", "page", "served", "tab"]

OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for a module: starting a browser takes half a second."""
    return "asyncio"


@pytest.fixture(scope="module")
async def browser(anyio_backend: str) -> AsyncIterator[Any]:
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*OPTIONS]
        )
        yield launched
        await launched.close()


@dataclass
class Tab:
    """A page, and what it did.

    Attributes:
        page: Playwright's page.
        requests: Every address that was asked for.
        errors: What its scripts raised, what the policy forbade, what it opened.
    """

    page: Any
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def origins(self) -> set[str]:
        """Where requests went."""
        parts = map(urlsplit, self.requests)
        return {f"{part.scheme}://{part.netloc}" for part in parts}


def watched(page: Any) -> Tab:
    """Keep what a page does."""
    tab = Tab(page)
    page.on("request", lambda request: tab.requests.append(request.url))
    page.on("pageerror", lambda error: tab.errors.append(str(error)))
    page.on("console", lambda said: _note(tab, said))
    page.on("dialog", lambda dialog: tab.errors.append(f"dialog {dialog.message}"))
    page.on("popup", lambda opened: tab.errors.append(f"popup {opened.url}"))
    page.on("download", lambda file: tab.errors.append(f"download {file.url}"))
    return tab


def _note(tab: Tab, said: Any) -> None:
    # A server that has gone, or refuses what it should, as a test wants it to.
    refused = said.text.startswith("Failed to load resource:")
    if said.type in {"error", "warning"} and not refused:
        tab.errors.append(said.text)


@pytest.fixture
async def tab(browser: Any) -> AsyncIterator[Tab]:
    """A fresh page in a profile of its own; nothing may go wrong in it."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    opened = watched(await context.new_page())
    yield opened
    await context.close()
    assert opened.errors == []


@pytest.fixture
def page(tab: Tab) -> Any:
    """The page of the tab."""
    return tab.page
