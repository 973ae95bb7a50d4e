"""Finds the steps of a plan in its text while that is still being written."""

from dagplan.errors import PlanError
from dagplan.plan.load import parse_json
from dagplan.planning.fence import may_precede


class StepScanner:
    """Reads text in pieces and returns each element of "steps" once its brace closes.

    Of a text that `read_plan` reads it returns all steps, also those of a bare list. Of
    any other it returns objects that stand in it, up to where it cannot follow: the
    whole text is judged at the end in any case. Every character is looked at once, and
    each element is parsed by itself, so the cost is linear in the text.
    """

    def __init__(self) -> None:
        self._piece: list[str] = []  # of the element, string or head being read
        self._depth = 0
        self._in_string = False
        self._escaped = False
        self._string = ""
        self._key = ""
        self._in_steps = False
        self._stopped = False

    def feed(self, chunk: str) -> list[object]:
        """Take the next piece of text and return the elements that it completes."""
        found: list[object] = []
        for character in chunk:
            if self._stopped:
                break
            if self._in_string:
                self._take_string(character)
            elif self._depth == 0:
                self._take_head(character)
            else:
                self._take(character, found)
        return found

    def _take_head(self, character: str) -> None:
        if character not in "{[":
            self._piece.append(character)
            return
        self._stopped = not may_precede("".join(self._piece))
        self._piece.clear()
        self._in_steps = character == "["  # a bare list is read as the steps
        self._depth = 2 if self._in_steps else 1

    def _take_string(self, character: str) -> None:
        self._piece.append(character)
        if self._escaped:
            self._escaped = False
        elif character == "\\":
            self._escaped = True
        elif character == '"':
            self._in_string = False
            if self._depth == 1:
                self._string = "".join(self._piece)
                self._piece.clear()

    def _take(self, character: str, found: list[object]) -> None:
        between = self._in_steps and self._depth == 2
        if between and character not in "{], \t\r\n":
            self._stopped = True  # steps are objects
            return
        inside = self._depth > 2 or (between and character == "{")
        if inside or character == '"':
            self._piece.append(character)
        if character == '"':
            self._in_string = True
        elif character in "{[":
            self._open(character)
        elif character in "}]":
            self._close(found)
        elif character == ":" and self._depth == 1:
            self._key = self._string

    def _open(self, character: str) -> None:
        if self._depth == 1:
            self._in_steps = character == "[" and _says_steps(self._key)
        self._depth += 1

    def _close(self, found: list[object]) -> None:
        self._depth -= 1
        if self._in_steps and self._depth == 2:
            try:
                found.append(parse_json("".join(self._piece)))
            except PlanError:
                self._stopped = True
        elif self._in_steps and self._depth == 1:
            self._stopped = True  # what follows holds no more steps
        if self._depth == 0:
            self._stopped = True
        if self._depth <= 2:
            self._piece.clear()


def _says_steps(key: str) -> bool:
    """Tell whether a key, as it was written, is "steps"; it may hold escapes."""
    try:
        return parse_json(key) == "steps"
    except PlanError:
        return False
