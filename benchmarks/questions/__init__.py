"""Questions of several parts whose facts, plans and answers are known.

Objects:
    `Question` (question.py): a question with the plan that a perfect model would write
        for it, the value of each step, and the answer.
    own.json (own.py): thirty questions that were written for these benchmarks, from two
        to twelve steps, from chains to fan-outs. Their figures are plausible; what
        counts is that everybody meets the same ones.
    real.py: questions of MuSiQue and StrategyQA with the decompositions that people
        wrote, read from a folder that is given.

Invariant: a plan passes `Plan.check` with the tools of `tools.py`, and its results,
filled into the answer, give the answer that is expected of everybody.
"""
