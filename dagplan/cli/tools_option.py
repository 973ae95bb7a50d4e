"""`--tools MODULE:NAME`: tools of the user's own."""

import difflib
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

from dagplan.errors import SettingsError


def load_tools(values: Iterable[str]) -> list[object] | None:
    """Import what `--tools` names.

    Args:
        values: `MODULE:NAME`, each possibly several with commas between. The name is
            that of a tool, a typed function, or a list of such.

    Returns:
        The tools in the order of their names; None where none are named.

    Raises:
        SettingsError: A module or a name cannot be found or imported.
    """
    targets = [part.strip() for value in values for part in value.split(",")]
    targets = [target for target in targets if target]
    if not targets:
        return None
    # A console script's path begins with its own folder, not with the user's.
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    return [tool for target in targets for tool in _tools(target)]


def _tools(target: str) -> Iterator[object]:
    module_name, colon, name = target.partition(":")
    if not (module_name and colon and name):
        raise SettingsError(
            f"--tools {target!r} is not MODULE:NAME; write my_tools:search, for example"
        )
    found: object = _module(module_name, target)
    for part in name.split("."):
        found = _attribute(found, part, target)
    if isinstance(found, list | tuple):
        yield from found
    else:
        yield found


def _module(name: str, target: str) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise _broken(name, target, error) from error
        raise SettingsError(
            f"--tools {target!r}: there is no module {error.name!r} in {Path.cwd()} or "
            "among the installed packages; check the name, or change the folder"
        ) from error
    except (Exception, SystemExit) as error:
        raise _broken(name, target, error) from error


def _broken(name: str, target: str, error: BaseException) -> SettingsError:
    said = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return SettingsError(
        f"--tools {target!r}: importing {name!r} raised {said}; correct the module"
    )


def _attribute(owner: object, name: str, target: str) -> object:
    try:
        return getattr(owner, name)
    except AttributeError as error:
        public = [known for known in dir(owner) if not known.startswith("_")]
        close = difflib.get_close_matches(name, public, n=3)
        hint = f"did you mean {' or '.join(close)}?" if close else "check the name"
        raise SettingsError(
            f"--tools {target!r}: {getattr(owner, '__name__', owner)!r} has no {name!r}; "
            f"{hint}"
        ) from error
