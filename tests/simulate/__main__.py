"""The command: `python -m tests.simulate --runs N --seed S [--jobs 2] [--case SEED]`."""

import argparse
import sys

from tests.simulate.campaign import campaign, examine, report, show
from tests.simulate.plans import case_of


def main() -> int:
    """Run the campaign; returns 1 if a case failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulate")
    parser.add_argument("--runs", type=int, default=1_000, help="how many cases")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first case")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes")
    parser.add_argument("--case", type=int, help="run the case of this seed alone")
    parser.add_argument("--rule", help="with --case: which violation to make small")
    wish = parser.parse_args()
    if wish.case is not None:
        show(wish.case, wish.rule)
        return 1 if examine(case_of(wish.case))[1] else 0
    outcome, seconds = campaign(wish.seed, wish.runs, wish.jobs)
    sys.stdout.write(f"{report(outcome, seconds)}\n")
    for seed, rules in sorted(outcome.failed.items()):
        sys.stdout.write(f"seed {seed} fails: {', '.join(rules)}\n")
    if outcome.failed:
        show(min(outcome.failed))
    return 1 if outcome.failed else 0


if __name__ == "__main__":
    sys.exit(main())
