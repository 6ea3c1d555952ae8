"""Names at the arrows of a biplot lie on no other, however near the arrows end."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from kwise.plots.arrows import draw_arrows


def test_names_of_arrows_that_end_together_are_apart() -> None:
    ax = Figure().add_subplot()
    ax.set_xlim(-5, 5)
    ax.set_ylim(-5, 5)
    directions = np.array([[0.5, 0.02], [0.5, 0.01], [0.49, 0.0], [-0.1, -0.6], [-0.1, -0.59]])
    names = ["total_rooms", "total_bedrooms", "households", "latitude", "south"]

    draw_arrows(directions, names, ax=ax)
    ax.figure.canvas.draw()

    boxes = [text.get_window_extent() for text in ax.texts]
    assert len(boxes) == 5
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            assert not one.overlaps(other) or min(one.y1, other.y1) - max(one.y0, other.y0) < 3


def test_names_of_arrows_lie_inside_the_axes_and_on_no_disc() -> None:
    ax = Figure().add_subplot()
    ax.set_xlim(-5, 5)
    ax.set_ylim(-5, 5)
    directions = np.array([[0.9, 0.02], [-0.9, 0.3], [0.05, -0.9], [0.04, -0.9]])
    names = ["a name as long as can be", "another long name of these", "down", "down too"]
    discs = np.array([[4.3, 0.3], [-2.8, 1.7]])

    draw_arrows(directions, names, ax=ax, discs=discs)
    ax.figure.canvas.draw()

    inside = ax.get_window_extent()
    places = ax.transData.transform(discs)
    for text in ax.texts:
        box = text.get_window_extent()
        assert box.x0 >= inside.x0 - 1
        assert box.x1 <= inside.x1 + 1
        assert box.y0 >= inside.y0 - 1
        assert box.y1 <= inside.y1 + 1
        assert not any(box.contains(*place) for place in places)
