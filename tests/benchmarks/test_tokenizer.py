import pytest

from benchmarks.tokenizer import VARIABLE, Tokenizer

STEP = '{"web_search":{"query":"population of Lyon"},"id":"lyon","more":[]},'


def test_without_a_table_tokens_are_counted_about():
    tokenizer = Tokenizer.chosen()
    assert tokenizer.name == "approximate"
    [step, empty, long] = tokenizer.count([STEP, "", "internationalisation"])
    assert abs(step - 19) <= 3  # o200k_base: 19
    assert (empty, long) == (0, 3)


def test_a_folder_without_the_table_is_refused(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match="npm install gpt-tokenizer"):
        Tokenizer.chosen(tmp_path)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(FileNotFoundError, match="npm install gpt-tokenizer"):
        Tokenizer.chosen()
