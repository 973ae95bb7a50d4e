"""Tools of developers as MCP servers describe them: by JSON schemas, not signatures."""

from typing import Any

from langchain_core.tools import StructuredTool

from tests.planning.uncalled import uncalled

Schema = dict[str, Any]

_REPO: Schema = {
    "type": "object",
    "properties": {
        "owner": {"type": "string"},
        "name": {"type": "string", "pattern": "^[A-Za-z0-9_.-]+$"},
    },
    "required": ["owner", "name"],
    "additionalProperties": False,
}


def _object(required: list[str], **properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


SEARCH_ISSUES: Schema = {
    "$defs": {"Repo": _REPO},
    **_object(
        ["repo", "query"],
        repo={"$ref": "#/$defs/Repo"},
        query={"type": "string", "minLength": 1},
        state={"enum": ["open", "closed", "all"], "default": "open"},
        labels={"type": "array", "items": {"type": "string"}, "default": []},
        sort={
            "anyOf": [
                {"type": "string", "enum": ["created", "updated", "comments"]},
                {"type": "null"},
            ],
            "default": None,
        },
        limit={"type": "integer", "minimum": 1, "maximum": 100, "default": 30},
    ),
}
LIST_COMMITS: Schema = {
    "$defs": {"Repo": _REPO},
    **_object(
        ["repo"],
        repo={"$ref": "#/$defs/Repo"},
        since={"type": "string", "format": "date-time"},
        until={"type": "string", "format": "date-time"},
        author={"type": ["string", "null"], "default": None},
    ),
}
READ_FILE = _object(
    ["path"],
    path={"type": "string", "description": "Path from the root of the repository."},
    lines={
        "type": "array",
        "items": {"type": "integer"},
        "minItems": 2,
        "maxItems": 2,
        "description": "First and last line; the whole file without it.",
    },
)
QUERY: Schema = {
    "$defs": {
        "Value": {
            "anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]
        }
    },
    **_object(
        ["sql"],
        sql={"type": "string", "description": "One SELECT with ? for parameters."},
        params={"type": "array", "items": {"$ref": "#/$defs/Value"}, "default": []},
        database={"type": "string", "enum": ["prod", "staging"], "default": "prod"},
    ),
}
METRIC = _object(
    ["service", "metric", "window"],
    service={"type": "string"},
    metric={"enum": ["latency_p95", "error_rate", "requests", "cpu"]},
    window={
        "oneOf": [
            _object(["last_hours"], last_hours={"type": "number"}),
            _object(
                ["from", "to"], **{"from": {"type": "string"}, "to": {"type": "string"}}
            ),
        ]
    },
    group_by={
        "type": "array",
        "items": {"type": "array", "items": {"type": "string"}},
        "description": 'Groups of labels, e.g. [["region"], ["region", "pod"]].',
        "default": [],
    },
)
CI_RUNS: Schema = {
    "$defs": {"Repo": _REPO},
    **_object(
        ["repo"],
        repo={"$ref": "#/$defs/Repo"},
        branch={"type": "string", "default": "main"},
        status={"type": "string", "enum": ["failed", "passed", "running"]},
        limit={"type": "integer", "default": 10},
    ),
}
CREATE_ISSUE: Schema = {
    "$defs": {"Repo": _REPO},
    **_object(
        ["repo", "title", "body"],
        repo={"$ref": "#/$defs/Repo"},
        title={"type": "string", "maxLength": 200},
        body={"type": "string"},
        labels={"type": "array", "items": {"type": "string"}},
        assignees={"type": "array", "items": {"type": "string"}},
        milestone={"anyOf": [{"type": "integer"}, {"type": "string"}]},
    ),
}
DEPLOY = _object(
    ["service", "version", "environment"],
    service={"type": "string"},
    version={"type": "string"},
    environment={"type": "string", "enum": ["staging", "production"]},
    strategy={
        "type": "string",
        "enum": ["rolling", "canary", "blue-green"],
        "default": "rolling",
    },
)


def _tool(
    name: str, description: str, schema: Schema, *, side_effects: bool = False
) -> StructuredTool:
    def run(**arguments: Any) -> object:
        raise uncalled(arguments)

    return StructuredTool.from_function(
        run,
        name=name,
        description=description,
        args_schema=schema,
        metadata={"side_effects": side_effects},
    )


DEVELOPER = [
    _tool(
        "search_issues",
        "Search issues of a repository; gives number, title, author, labels, created.",
        SEARCH_ISSUES,
    ),
    _tool("list_commits", "List commits: sha, author, date, message.", LIST_COMMITS),
    _tool("read_file", "Read a file of the current repository.", READ_FILE),
    _tool("query", "Run SQL on a database; gives rows as objects.", QUERY),
    _tool("metric", "Read a service's metric; gives value and unit.", METRIC),
    _tool("ci_runs", "List CI runs, newest first: id, status, seconds, url.", CI_RUNS),
    _tool(
        "create_issue", "Open an issue; gives its url.", CREATE_ISSUE, side_effects=True
    ),
    _tool("deploy", "Deploy a version of a service.", DEPLOY, side_effects=True),
]
