import subprocess
import sys

import pytest

from dagplan import views


@pytest.mark.parametrize("name", views.__all__)
def test_each_view_can_be_had_and_is_documented(name: str) -> None:
    assert getattr(views, name).__doc__


def test_a_view_that_does_not_exist_says_so() -> None:
    with pytest.raises(AttributeError, match="no attribute 'to_png'"):
        views.to_png  # noqa: B018


def test_one_view_does_not_load_the_others() -> None:
    code = "import sys; from dagplan.views import printable; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert "dagplan.views.page" not in done.stdout.split()
    assert {*dir(views)} >= {*views.__all__}
