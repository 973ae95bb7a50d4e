"""How many tokens texts are: by OpenAI's table where it is at hand, else about.

The table is o200k_base (GPT-4o and later) as the npm package gpt-tokenizer (MIT) holds
it, offline: `npm install gpt-tokenizer`, then name its folder by `--tokenizer DIR` or
`DAGPLAN_TOKENIZER`. It needs `node` on the path.
"""

import json
import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "DAGPLAN_TOKENIZER"
_SCRIPT = Path(__file__).with_suffix(".mjs")
# Words with the blank before them, digits by three, runs of other characters.
_PIECE = re.compile(r" ?[^\W\d_]+|\d{1,3}| ?[^\w\s]+|_|\s+")
_LETTERS = 7  # a longer word is about two tokens


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """Counts tokens.

    Attributes:
        package: Folder of gpt-tokenizer; None counts approximately.
    """

    package: Path | None = None

    @classmethod
    def chosen(cls, package: Path | None = None) -> "Tokenizer":
        """Return that of a folder, or of the environment, or the approximate one.

        Raises:
            FileNotFoundError: The folder does not hold gpt-tokenizer.
        """
        named = package or (Path(v) if (v := os.environ.get(VARIABLE)) else None)
        if named is not None and not (named / "package.json").is_file():
            raise FileNotFoundError(
                f"{named} does not hold the npm package gpt-tokenizer; "
                "run `npm install gpt-tokenizer` and name node_modules/gpt-tokenizer"
            )
        return cls(None if named is None else named.resolve())

    @property
    def name(self) -> str:
        """What counts, for tables."""
        return "o200k_base" if self.package else "approximate"

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text is.

        Raises:
            RuntimeError: node could not count them; the message says why.
        """
        if self.package is None:
            return [_about(text) for text in texts]
        done = subprocess.run(
            ["node", str(_SCRIPT), str(self.package)],
            input=json.dumps([*texts]),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"node could not count tokens: {done.stderr[-500:]}")
        found: list[int] = json.loads(done.stdout)
        return found


def _about(text: str) -> int:
    """Count the pieces that tokenizers make of a text, long words as two and more."""
    return sum(-(-len(piece) // _LETTERS) for piece in _PIECE.findall(text))
