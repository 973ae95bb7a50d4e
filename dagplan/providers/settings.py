"""What the environment says about models, keys and addresses."""

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from dagplan.errors import SettingsError


class Settings(BaseSettings):
    """Settings from environment variables.

    Attributes:
        model: `DAGPLAN_MODEL`, e.g. `openai:gpt-5-mini`; `offline` for no model.
        request_timeout: `DAGPLAN_REQUEST_TIMEOUT`, seconds that one request to a model
            or to a search may take.
        openai_api_key: `OPENAI_API_KEY`.
        openai_base_url: `OPENAI_BASE_URL`, for anything that speaks OpenAI's interface.
        tavily_api_key: `TAVILY_API_KEY`, for web search.
    """

    model_config = SettingsConfigDict(
        env_prefix="DAGPLAN_", env_ignore_empty=True, extra="ignore"
    )

    model: str | None = None
    request_timeout: float = Field(default=120.0, gt=0, le=3600)
    openai_api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("OPENAI_API_KEY")
    )
    openai_base_url: str | None = Field(
        default=None, validation_alias=AliasChoices("OPENAI_BASE_URL")
    )
    tavily_api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("TAVILY_API_KEY")
    )

    @classmethod
    def read(cls) -> "Settings":
        """Read the environment.

        Raises:
            SettingsError: A variable cannot be read; the message names it.
        """
        try:
            return cls()
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = ".".join(map(str, first["loc"])).upper()
            variable = (
                name if name.startswith(("OPENAI", "TAVILY")) else f"DAGPLAN_{name}"
            )
            raise SettingsError(
                f"{variable} is {first['input']!r}: {first['msg']}"
            ) from error
