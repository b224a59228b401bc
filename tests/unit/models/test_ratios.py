import numpy as np

from capsim.models.ratios import share_of


def test_a_share_of_nothing_is_what_it_is_said_to_be():
    assert share_of([1.0, 2.0], [4.0, 0.0]).tolist() == [0.25, 0.0]
    assert share_of([1.0, 2.0], [4.0, 0.0], of_nothing=1.0).tolist() == [0.25, 1.0]


def test_shapes_broadcast():
    work = np.array([[1.0, 3.0], [0.0, 0.0]])
    assert share_of(work, work.sum(axis=1, keepdims=True)).tolist() == [[0.25, 0.75], [0.0, 0.0]]
    assert share_of(1.0, np.array([2.0, 0.0])).tolist() == [0.5, 0.0]
