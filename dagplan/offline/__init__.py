"""Planning and answering by rules: the real job without a model.

A question is read by a small grammar, planned as a graph over the default tools, and
answered from what the steps found. Nothing is guessed: what no rule reads, or more
than one does, is refused with a list of what can be asked.

    text.py, splitting.py      a question → tokens → clauses, each asking one thing
    gazetteer.py, lexicon.py   the names of places, and the words for properties
    pattern.py, nouns.py       sentence patterns, and slots that places fill
    places.py, groups.py       terms: "the capital of X", "X's neighbours"
    families/                  one file for each family: what it asks, how it is
                               recognised, the steps it takes, the answer's wording
    grammar.py, outline.py     question → `Outline` of intents → plan
    planner.py, replanner.py   `RulePlanner`, `RuleReplanner`
    corrections.py, answer.py  misspelt names; sources, and what is missing

Invariants: reading a question is a pure function of it and the known names, in time
bounded for any text, so the replanner reads it again rather than keep state; every
word of a clause is accounted for, so no part is dropped; a misspelt name goes into
the plan as it was written, fails its step, and is replaced by revision.
"""

from dagplan.offline.planner import RulePlanner
from dagplan.offline.replanner import RuleReplanner

__all__ = ["RulePlanner", "RuleReplanner"]
