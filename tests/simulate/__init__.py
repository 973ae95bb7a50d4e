"""A campaign of simulated runs: random plans, policies and faults, each run checked.

    python -m tests.simulate --runs 50000 --seed 1 --jobs 2
    python -m tests.simulate --case 1234

A case is a frozen value that says everything: plans, policies, how long each attempt
takes and how it ends. It runs on trio with a clock that jumps, so that minutes take
milliseconds and the same seed gives the same schedule. What happened is then held
against what had to happen. Nothing here uses the code of the scheduler to judge it.

Objects:
    `Case`, `Flow`, `Task`, `Script` (case.py): what is run.
    `case_of` (plans.py, faults.py): the random case of a seed.
    `World` (world.py), `play` (drive.py): run a case; `Story` is the record of it.
    `Ledger` (ledger.py): a fold of events: who is ready, and with which inputs.
    `expected` (oracle.py): the sequential evaluation: statuses and values.
    `check_attempts` (attempts.py): each step's attempts, one after the other.
    `check` (invariants.py): all of it, and `schedule.py`, `rates.py`, `bounds.py`,
        `budget.py`.
    `shrunk` (shrink.py): the smallest case that still fails.

Invariant: where the outcome depends on timing, the recorded times of attempts decide
what had to follow, so that every run has one right continuation at every moment.
"""
