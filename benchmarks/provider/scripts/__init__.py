"""How a perfect model answers, a module for each kind of conversation.

Each script is a function from an `Asked` to a `Reply` that raises `Refusal` where the
conversation lacks what the reply needs. A script knows nothing of time. It finds what
it needs in the texts that it was sent, so that a rival who loses a result on the way
gets no answer.

Perfect means: no fact is left out or asked for twice, every reply is as short as its
form allows, arithmetic and order in a final answer are right without a tool, and nobody
has to be asked again. The final answer is the same text for everybody.
"""

from collections.abc import Callable
from functools import partial

from benchmarks.provider.asked import Asked, Reply

from .compiler import compiler
from .dag import dag
from .outline import outline
from .react import react
from .tutorial import tutorial

Script = Callable[[Asked], Reply]

SCRIPTS: dict[str, Script] = {
    "dagplan": dag,
    "dagplan-full": partial(dag, full=True),
    "dagplan-untemplated": partial(dag, templated=False),
    "dagplan-typed": partial(dag, typed=True),
    "dagplan-agents": partial(dag, agents=True),
    "tutorial": tutorial,
    "react": react,
    "outline": outline,
    "compiler": compiler,
}
"""By the name that stands for the model's."""
