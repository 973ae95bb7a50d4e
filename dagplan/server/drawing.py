"""A run as it stands, drawn: what its page shows, and what its script replaces."""

from collections.abc import Sequence
from dataclasses import dataclass

from dagplan.events import Event
from dagplan.views.attempts import attempt_log
from dagplan.views.diagram import diagram
from dagplan.views.frame import with_margins
from dagplan.views.page_body import Body, body, timeline_of
from dagplan.views.page_parts import table as steps_table
from dagplan.views.records import Records
from dagplan.views.rows import chart
from dagplan.views.story import Snapshot, Story, story
from dagplan.views.svg import Picture, pieces


@dataclass(frozen=True, slots=True)
class Drawing:
    """The first events of a run, to be drawn; drawing takes time and looks at nothing.

    Attributes:
        events: The events.
        over: Whether no more come.
    """

    events: Sequence[Event]
    over: bool

    def story(self) -> Story:
        """Return what the run is about, and where it stands."""
        return story(self.events)

    def body(self, question: str | None = None) -> Body:
        """Draw all of it.

        Args:
            question: What is asked, where that is known before the run begins.
        """
        now = self.story().now
        timed = not self.over
        return body(now.plan, now.results, self.events, question=question, timed=timed)

    def graph(self, *, table: bool) -> dict[str, object]:
        """Draw the plan alone, while it grows or changes.

        Args:
            table: Whether to write the table of its steps as well.
        """
        now = self.story().now
        records = self._records(now)
        drawn = records.drawn
        return {
            "seen": len(self.events),
            "graph": plain(pieces(drawn, now.plan.answer, timed=True)),
            "table": steps_table(drawn, records) if table else None,
            **data(records),
        }

    def timeline(self) -> dict[str, object]:
        """Draw when what has run."""
        records = self._records(self.story().now)
        return {"timeline": timeline_of(records.drawn, chart(self.events))}

    def parts(self) -> dict[str, object]:
        """Draw all of it, part by part."""
        drawn = self.body()
        return {
            **self.ending(),
            "facts": drawn.facts,
            "answer": drawn.answer,
            "figures": drawn.figures,
            "graph": plain(drawn.graph),
            "timeline": drawn.timeline,
            "table": drawn.table,
            "revisions": drawn.revisions,
            **data(drawn.records),
        }

    def ending(self) -> dict[str, object]:
        """Return how far the run is drawn, how it ended, and after how long."""
        return {
            "seen": len(self.events),
            "outcome": self.story().outcome,
            "took": self.events[-1].at if self.events else 0.0,
        }

    def record(self, step_id: str) -> dict[str, object] | None:
        """Return all that is known of one step; None if the plan lacks it."""
        records = self._records(self.story().now)
        for index, node in enumerate(records.drawn.nodes):
            if node.label == step_id:
                return records.plain(index)
        return None

    def _records(self, now: Snapshot) -> Records:
        # What is critical is known once nothing more comes.
        drawn = diagram(now.plan, now.results, None if self.over else ())
        return Records(drawn, now.results, attempt_log(self.events))


def plain(graph: Picture) -> dict[str, object]:
    """Return a picture in plain JSON, for a script to change what is not the same."""
    width, height = with_margins(graph.size)
    return {
        "width": width,
        "height": height,
        "label": graph.label,
        "lines": graph.lines,
        "boxes": graph.boxes,
        "rest": graph.rest,
    }


def data(records: Records) -> dict[str, object]:
    """Return what a page's script knows of the steps of a picture.

    `keys` has the id of each step as events have it, and `since` when those that run
    began, in seconds of the run.
    """
    nodes = records.drawn.nodes
    return {
        "steps": {node.name: records.plain(index) for index, node in enumerate(nodes)},
        "keys": {node.name: node.label for node in nodes},
        "since": {
            key: result.started
            for key, result in records.results.items()
            if result.status == "running"
        },
    }
