import argparse
import json
from pathlib import Path

from benchmarks import views


def options(data: Path | None = None) -> argparse.Namespace:
    return argparse.Namespace(repeats=1, data=data)


def test_every_view_is_timed_and_large_pictures_are_held_to_a_bound(monkeypatch):
    monkeypatch.setattr(views, "SIZES", (10,))
    monkeypatch.setattr(views, "BOUNDS", {10: 60.0})
    found = views.measure(options())

    assert [aim.met for aim in found.aims] == [True]
    assert found.tables[0].columns == ("", "text", "mermaid", "dot", "svg")
    assert found.notes == ["give --data DIR to count crossings in real plans"]


def test_crossings_are_counted_beside_those_of_the_plan_s_order(tmp_path, monkeypatch):
    monkeypatch.setattr(views, "SIZES", (10,))
    monkeypatch.setattr(views, "BOUNDS", {})
    needs = {"1": [], "2": [], "3": ["2"], "4": ["1"]}
    steps = [{"id": key, "deps": deps} for key, deps in needs.items()]
    (tmp_path / "worfbench.jsonl").write_text(json.dumps({"steps": steps}))
    found = views.measure(options(tmp_path))

    assert found.figures["crossings"] == {"worfbench": (1, 0)}
    assert [(aim.value, aim.met) for aim in found.aims] == [(0.0, True)]


def test_a_folder_without_crossings_gives_no_ratio(tmp_path, monkeypatch):
    monkeypatch.setattr(views, "SIZES", (10,))
    monkeypatch.setattr(views, "BOUNDS", {})
    (tmp_path / "worfbench.jsonl").write_text('{"steps": [{"id": "1", "deps": []}]}')

    assert views.measure(options(tmp_path)).aims == []
