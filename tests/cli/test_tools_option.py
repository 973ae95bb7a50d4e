"""`--tools MODULE:NAME`."""

from pathlib import Path

import pytest

from dagplan.cli.tools_option import load_tools
from dagplan.errors import SettingsError


def names(*values: str) -> list[str]:
    return [getattr(tool, "__name__", repr(tool)) for tool in load_tools(values) or ()]


@pytest.mark.usefixtures("folder")
def test_a_tool_a_list_or_several_of_both():
    assert names("own_tools:greet") == ["greet"]
    assert names("own_tools:greet, own_tools:refuse", "own_tools:chatter") == [
        "greet",
        "refuse",
        "chatter",
    ]
    assert names("own_tools:EVERY")[:2] == ["greet", "refuse"]


def test_none_named_is_none():
    assert load_tools([]) is None
    assert load_tools([" , "]) is None


@pytest.mark.usefixtures("folder")
def test_names_may_be_dotted():
    assert names("os:path.join") == ["join"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("own_tools", "is not MODULE:NAME"),
        (":greet", "is not MODULE:NAME"),
        ("own_tools:", "is not MODULE:NAME"),
        ("no_such_module:x", "there is no module 'no_such_module'"),
        ("os.nothing:x", "there is no module"),
        ("own_tools:gret", "did you mean greet?"),
        ("..x:y", "raised"),
    ],
)
def test_what_cannot_be_found_is_said(value: str, said: str):
    with pytest.raises(SettingsError) as raised:
        load_tools([value])

    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import no_such_dependency", "no_such_dependency"),
        ("def broken(:", "SyntaxError"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("raise SystemExit(3)", "SystemExit: 3"),
    ],
)
def test_a_module_that_cannot_be_imported_is_said(folder: Path, source: str, said: str):
    (folder / "broken_tools.py").write_text(source)

    with pytest.raises(
        SettingsError, match="importing 'broken_tools' raised"
    ) as raised:
        load_tools(["broken_tools:x"])

    assert said in str(raised.value)
