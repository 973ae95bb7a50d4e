"""A question's own address at a provider: its models and its search."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from benchmarks.questions.question import Question
from dagplan.providers import Settings, resolve_model
from dagplan.tools.calculate import calculate
from dagplan.tools.search import WebSearch

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.tools import BaseTool

_KEY = SecretStr("sk-simulated")


@dataclass(frozen=True, slots=True)
class Site:
    """Where one question is answered.

    Attributes:
        url: Of the provider.
        question: The question; its id is part of every address, so that the provider
            knows whose request it is.
        patience: Seconds that a search may take.
        retries: How often the client of a model tries again by itself.
    """

    url: str
    question: Question
    patience: float = 60.0
    retries: int = 0

    def model(self, script: str) -> "BaseChatModel":
        """Return the chat model that dagplan would make of these settings.

        Args:
            script: Which of the provider's scripts answers.
        """
        settings = Settings(OPENAI_API_KEY=_KEY, OPENAI_BASE_URL=self._base_url)
        model = resolve_model(f"openai:{script}", settings)
        assert model is not None
        return model if not self.retries else self._persistent_model(script)

    @property
    def _base_url(self) -> str:
        return f"{self.url}/{self.question.id}/v1"

    def _persistent_model(self, script: str) -> "BaseChatModel":
        from langchain_openai import ChatOpenAI

        return ChatOpenAI(  # type: ignore[call-arg] # as in `providers`
            model=script,
            api_key=_KEY,
            base_url=self._base_url,
            max_retries=self.retries,
        )

    def search(self) -> WebSearch:
        """Return the search, a client of Tavily's."""
        url = f"{self.url}/{self.question.id}/tavily"
        return WebSearch(
            SecretStr("tvly-simulated"), base_url=url, timeout=self.patience
        )

    def langchain_tools(self) -> "list[BaseTool]":
        """Return search and arithmetic as tools of langchain's."""
        from langchain_core.tools import StructuredTool

        search = self.search()

        async def web_search(query: str) -> list[str]:
            """Search the web for one fact."""
            return await passages(search, query)

        async def work_out(expression: str) -> float:
            """Work out an arithmetic expression."""
            return calculate(expression)

        made = StructuredTool.from_function
        return [
            made(coroutine=web_search),
            made(coroutine=work_out, name="calculate"),
        ]


async def passages(search: WebSearch, query: str) -> list[str]:
    """Search and return the passages only."""
    found: Any = await search.web_search(query)
    return [result["content"] for result in found["results"]]
