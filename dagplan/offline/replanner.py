"""`RuleReplanner`: corrects misspelt names, then answers, without a model."""

from collections.abc import Sequence
from dataclasses import dataclass

from dagplan.errors import QuestionError
from dagplan.offline.answer import Correction, answer, findings_only
from dagplan.offline.corrections import corrections, renamed, revision
from dagplan.offline.findings import Findings
from dagplan.offline.gazetteer import Gazetteer
from dagplan.offline.grammar import parse
from dagplan.offline.outline import Built, Tell, build
from dagplan.offline.planner import known
from dagplan.plan.revision import Revision
from dagplan.protocols import ReplanRequest


@dataclass(frozen=True, slots=True)
class RuleReplanner:
    """Answers what `RulePlanner` planned.

    It keeps no state: what was asked it reads from the question again, and which
    names it has replaced already from how the plan differs from the one it would
    make. So a plan that was saved, or a run that was resumed, is answered as well.

    Attributes:
        names: The places that it knows; None for those of the default tools.
    """

    names: Gazetteer | None = None

    async def decide(self, request: ReplanRequest, /) -> Revision | str | None:
        """Return a revision with the nearest names, else the answer.

        The answer is given to `request.say` as well. A plan that is not of rules is
        answered by what its last steps found. While steps still run there is no answer.
        """
        names = known(self.names)
        if request.may_revise:
            changed = revision(request.plan, request.results, names)
            if changed is not None:
                return changed
        if request.still_running:
            return None
        text = self._answer(request, names)
        request.say(text)
        return text

    def _answer(self, request: ReplanRequest, names: Gazetteer) -> str:
        plan, results = request.plan, request.results
        built = _planned(request, names)
        if built is None:
            tells = findings_only(plan, results)
            return answer(plan, results, tells, reached=request.reached)
        replaced = corrections(built.plan, plan)
        tells = [_with_right_names(tell, replaced) for tell in built.tell]
        return answer(plan, results, tells, replaced, reached=request.reached)


def _with_right_names(tell: Tell, replaced: Sequence[Correction]) -> Tell:
    """Let labels that are from the question have the names that were taken."""

    def corrected(found: Findings) -> list[str]:
        sentences = tell(found)
        for each in replaced:
            known = each.taken.partition(" (")[0]
            sentences = [renamed(text, each.written, known) for text in sentences]
        return sentences

    return corrected


def _planned(request: ReplanRequest, names: Gazetteer) -> Built | None:
    """Plan the question again; None where the plan at hand is another's."""
    try:
        built = build(parse(request.question, names))
    except QuestionError:
        return None
    made = [step.id for step in built.plan.steps]
    return built if made == [step.id for step in request.plan.steps] else None
