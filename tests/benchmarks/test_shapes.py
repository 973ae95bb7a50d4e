import pytest

from benchmarks.shapes import SHAPES, graph, layers, plan


@pytest.mark.parametrize("shape", SHAPES)
def test_each_graph_is_a_valid_plan_of_its_size(shape):
    steps = graph(shape, 350)
    document = plan(steps)
    document.check()
    assert len(document.steps) == len(steps) == 350


def test_layered_steps_depend_on_three_of_the_layer_above():
    steps = graph("layered", 250)
    assert all(not needed for needed in steps[:100])
    assert all(len(set(needed)) == 3 for needed in steps[100:])
    assert [len(wave) for wave in layers(steps)] == [100, 100, 50]


def test_a_chain_has_one_step_in_each_wave():
    assert layers(graph("chain", 4)) == [[0], [1], [2], [3]]
