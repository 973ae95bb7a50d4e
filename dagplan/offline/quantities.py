"""The numbers that places have, as steps."""

from dataclasses import dataclass

from dagplan.offline.draft import Draft, ref
from dagplan.offline.lexicon import MEASURES, UNIT_KINDS, Measure
from dagplan.offline.terms import Kind, Members, Spot

_UNIT_KIND = {"area": "area", "density": "density"}


@dataclass(frozen=True, slots=True)
class Amounts:
    """One number for each place of a group, as steps refer to them.

    Attributes:
        members: The places.
        steps: A step for each place that the question names; or the one `for_each`
            step that has them all.
        unit: Their unit where the steps do not say it.
    """

    members: Members
    steps: tuple[str, ...]
    unit: str = ""

    @property
    def is_each(self) -> bool:
        """Whether one `for_each` step has them all."""
        return bool(self.members.each)

    def items(self) -> object:
        """Return what `rank` takes."""
        if self.is_each:
            return ref(self.steps[0])
        pairs = zip(self.members.spots, self.steps, strict=True)
        return [{"item": spot.label, "value": ref(step)} for spot, step in pairs]

    def listed(self) -> str:
        """Return the arguments of `sum` or `mean` in an expression."""
        return ", ".join(ref(step) for step in self.steps)


def convertible(measure: str, unit: str) -> bool:
    """Tell whether a measure can be given in a unit."""
    return measure in _UNIT_KIND and unit in UNIT_KINDS[_UNIT_KIND[measure]]


def amounts(draft: Draft, measure: str, members: Members, unit: str = "") -> Amounts:
    """Add the steps that look up or work out a number for each place."""
    about = MEASURES[measure]
    if members.each:
        step = _look_up_each(draft, about, members)
        steps: tuple[str, ...] = (step,)
        if unit:
            steps = (_convert_each(draft, about, members, step, unit),)
        return Amounts(members, steps)
    steps = tuple(amount(draft, measure, spot, unit) for spot in members.spots)
    own = about.unit if not unit and _is_derived(about, members.spots[0].kind) else ""
    return Amounts(members, steps, own or unit)


def amount(draft: Draft, measure: str, spot: Spot, unit: str = "") -> str:
    """Add the steps that look up or work out a number for one place."""
    about = MEASURES[measure]
    if _is_derived(about, spot.kind):
        step = _quotient(draft, about, spot)
    else:
        step = _look_up(draft, about, spot)
    if not unit:
        return step
    args: dict[str, object] = {"value": ref(step), "to": unit}
    if about.unit:
        args["unit"] = about.unit
    name = f"{about.name}_{spot.label}_in_{unit}"
    return draft.call(name, f"{_title(about, spot.label)} in {unit}", "convert", args)


def _is_derived(about: Measure, kind: Kind) -> bool:
    return bool(about.parts) and kind == "country"


def _quotient(draft: Draft, about: Measure, spot: Spot) -> str:
    above, below = (_look_up(draft, MEASURES[part], spot) for part in about.parts)
    args: dict[str, object] = {"expression": f"{ref(above)} / {ref(below)}"}
    name = f"{about.name}_{spot.label}"
    return draft.call(name, _title(about, spot.label), "calculate", args)


def _look_up(draft: Draft, about: Measure, spot: Spot) -> str:
    args: dict[str, object] = {spot.kind: spot.text, "figure": about.name}
    name, task = f"{about.name}_{spot.label}", _title(about, spot.label)
    return draft.call(name, task, f"{spot.kind}_figure", args)


def _look_up_each(draft: Draft, about: Measure, members: Members) -> str:
    args: dict[str, object] = {"country": "${item}", "figure": about.name}
    name = f"{about.name}_{members.name}"
    task = f"{_title(about, 'each of ' + members.label)}"
    return draft.call(name, task, "country_figure", args, members.each)


def _convert_each(
    draft: Draft, about: Measure, members: Members, step: str, unit: str
) -> str:
    args: dict[str, object] = {"value": "${item}", "to": unit}
    name = f"{about.name}_{members.name}_in_{unit}"
    task = f"{_title(about, 'each of ' + members.label)} in {unit}"
    return draft.call(name, task, "convert", args, ref(step, "*", "value"))


def _title(about: Measure, label: str) -> str:
    noun = about.noun if about.noun.startswith("GDP") else about.noun.capitalize()
    return f"{noun} of {label}"
