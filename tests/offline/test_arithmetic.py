"""Plain arithmetic, in one part and in several."""

import pytest

from tests.offline.asking import ask


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What is 3*7?", "3 * 7 = 21."),
        ("what's 10/4", "10 / 4 = 2.5."),
        ("Calculate (3 + 4) * 2", "(3 + 4) * 2 = 14."),
        ("What is 7 times 8 minus 3?", "7 * 8 - 3 = 53."),
        ("What is 2 to the power of 10?", "2^10 = 1024."),
        ("What is -3 squared?", "(-3)^2 = 9."),
        ("What is the square root of 16?", "sqrt(16) = 4."),
        ("What is 20% of 150?", "20 / 100 * 150 = 30."),
        ("What is the sum of 3, 4 and 5?", "3 + 4 + 5 = 12."),
        ("What is the average of 3, 5 and 10?", "mean(3, 5, 10) = 6."),
        ("What is the difference between 10 and 4?", "10 - 4 = 6."),
        ("Multiply 6 by 7", "6 * 7 = 42."),
        ("Subtract 3 from 10", "10 - 3 = 7."),
        ("1,000 + 1", "1000 + 1 = 1001."),
        ("What is 6 \N{MULTIPLICATION SIGN} 7?", "6 * 7 = 42."),
    ],
)
async def test_one_expression(question, told):
    assert (await ask(question)).told == told


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What's 3*7? What's 10/4? What's their sum?", "Their sum is 23.5."),
        (
            "What's 3*7? What's 10/4? What is their difference?",
            "Their difference is 18.5.",
        ),
        ("What's 3*7, and what's 10/4? And their product?", "Their product is 52.5."),
        ("Compute 6*7 and then compute 2*4. Add them up.", "Their sum is 50."),
        ("What's 8*2? What's 2*2? What is the ratio of the two?", "Their ratio is 4."),
    ],
)
async def test_parts_and_what_they_make(question, told):
    asked = await ask(question)
    assert [len(layer) for layer in asked.shape] == [2, 1]
    assert asked.told.splitlines()[-1] == told


async def test_what_cannot_be_worked_out_is_named():
    asked = await ask("What is 1/0? What is 2+2?")
    assert "2 + 2 = 4." in asked.answer
    assert "Failed: Work out 1 / 0: '1 / 0' divides by zero" in asked.answer
