import json

import pytest

from benchmarks.__main__ import NAMES, main


def test_a_benchmark_prints_and_writes_what_it_found(tmp_path, capsys):
    file = tmp_path / "shared.json"
    code = main(["shared", "--minutes", "2", "--seeds", "1", "--json", str(file)])
    assert code == 0
    assert "4 runs share 60 requests a minute" in capsys.readouterr().out
    written = json.loads(file.read_text("utf-8"))
    assert written["name"] == "shared"
    assert written["machine"]["processors"] >= 1
    assert written["aims"][0]["met"] is True


def test_absent_data_ends_well(capsys):
    assert main(["optimal"]) == 0
    assert capsys.readouterr().out.startswith("skipped: give --data DIR")


def test_the_help_names_every_benchmark(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    assert all(f"\n{name} " in shown for name in NAMES)
