"""A campaign of crashes: plans are killed again and again, and must come out right.

    python -m tests.crash --kills 2000 --seed 1 --jobs 2
    python -m tests.crash --only 17
    python -m tests.crash --kills 500 --seed 1 --peer langgraph

Each run is a random plan with a journal on disk. Its process is killed with SIGKILL,
at a boundary of the journal or at any moment, and another process goes on with it, until
one is done. A witness beside the journal tells what really ran, and every execution
makes a value of its own, so that whatever is repeated, lost or mixed up can be seen.

Objects:
    `Case`, `Task` (plans.py): what is run; `Steps` (steps.py) perform it.
    `Kill`, `DeadlyJournal` (kills.py): when a process dies.
    `Witness`, `Execution` (witness.py): what really ran.
    `Order`, `End` (orders.py), child.py: what a process is told and tells; on dagplan
        (ours.py) or on LangGraph (peer.py).
    `Nursery` (nursery.py): forks processes that need not import anything.
    `Trial` (trial.py): one run to its end; it reads the record (books.py) in between
        and settles what is in doubt. `Story` (story.py) is what it leaves behind.
    `Oracle` (oracle.py), `VERDICTS` (verdicts.py): what is wrong with a story.

Invariant: what judges a run shares nothing with what ran it but the plan; from the
journal only events are taken, as anybody could read them.
"""
