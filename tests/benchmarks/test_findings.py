from benchmarks.findings import Aim, Findings, Table


def test_an_aim_says_whether_it_is_met():
    assert Aim("ratio", 1.01, 1.02).met
    assert not Aim("ratio", 1.03, 1.02).met
    assert Aim("used", 0.96, 0.95, at_least=True).met
    assert not Aim("used", 0.94, 0.95, at_least=True).met
    assert str(Aim("ratio", 1.03, 1.02)) == "MISSED ratio: 1.030 (<= 1.02)"


def test_only_a_broken_promise_breaks():
    assert not Findings(aims=[Aim("slow", 9, 1)]).broken
    assert not Findings(aims=[Aim("kept", 0, 0, promise=True)]).broken
    assert Findings(aims=[Aim("alive", 1, 0, promise=True)]).broken


def test_a_table_aligns_numbers_right_and_text_left():
    table = Table("µs", ("who", "time"), [("a", 7.0), ("longer", 1234.0), ("b", None)])
    assert table.to_text() == (
        "µs\n  who      time\n  a           7\n  longer  1,234\n  b           -"
    )


def test_what_was_skipped_says_why():
    assert Findings(skipped="no data").to_text() == "skipped: no data"
