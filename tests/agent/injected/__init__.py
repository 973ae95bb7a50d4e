"""Outputs of tools that try to take a run over, and a model that does what they say.

    `Injection`, `injections` (injections.py): 200 of them, from a seed: each of
        a wording (wordings.py), a goal, and a carrier by which it gets into a run.
    `World` (world.py): tools whose outputs carry one, the plan, and the calls that this
        plan means, whatever the outputs say.
    `Obeying` (obeying.py): answers as the server of a model that obeys an injection
        wherever it sees one, as far as the tools that it has go.
    `run`, `Verdict` (trial.py): one question, and what came of it.

`python -m tests.agent.injected --runs 200 --seed 1 --control-flow strict` runs them all.
"""
