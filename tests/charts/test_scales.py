"""Limits, ticks and swarms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cfanalysis.charts.scales import extend_limits, padded_limits, round_ticks, tick_labels
from cfanalysis.charts.swarm import swarm_steps, swarms


def test_limits_leave_the_room_asked_for():
    """20 units on 300 points with 50 points free on each side span 30 units."""
    assert padded_limits([40, 60, float("nan")], width=300, pad=50, least=1) == (35.0, 65.0)


def test_limits_of_nothing_and_of_one_value():
    """Without a spread the least span stands around the value; without values it begins at 0."""
    assert padded_limits([7], width=100, pad=5, least=2) == (6.0, 8.0)
    assert padded_limits([float("nan")], width=100, pad=0, least=2) == (0.0, 2.0)


def test_given_limits_are_only_widened():
    """Values within change nothing."""
    assert extend_limits((0, 10), [5, float("nan")]) == (0, 10)
    assert extend_limits((0, 10), [-1, 12]) == (-1, 12)


def test_ticks_are_round_and_inside():
    """Ticks lie inside the limits and inside the measure's range."""
    assert round_ticks((-5, 105), width=300, pitch=60, within=(0, 100)) == [0, 50, 100]
    assert tick_labels([-0.5, 0.0, 0.5], signed=True) == ["−0.5", "0", "+0.5"]


@settings(max_examples=40)
@given(st.lists(st.floats(0, 200), max_size=60))
def test_no_two_dots_of_a_swarm_cover_each_other(places):
    """Any two dots are at least a diameter apart, and the same places give the same swarm."""
    xs = np.sort(np.array(places, dtype=float))
    ys = swarm_steps(xs, 5.0)
    distance = np.hypot(xs[:, None] - xs[None, :], ys[:, None] - ys[None, :])
    distance[np.diag_indices(len(xs))] = np.inf
    assert (distance >= 5.0 - 1e-6).all()
    assert (swarm_steps(xs, 5.0) == ys).all()


def test_swarm_takes_the_largest_dots_that_fit():
    """Three equal values need one step of a diameter to each side."""
    groups = [np.array([1.0, 1.0, 1.0])]
    drawn, diameter = swarms(groups, scale=10, room=4, diameters=[6, 4, 2])
    assert diameter == 4
    assert sorted(drawn[0].steps.tolist()) == [-4, 0, 4]


def test_swarm_shrinks_its_steps_where_no_dots_fit():
    """Many equal values stay within the room."""
    drawn, _ = swarms([np.zeros(200)], scale=10, room=5, diameters=[6, 4, 2])
    assert np.abs(drawn[0].steps).max() == pytest.approx(5)


def test_empty_groups_have_empty_swarms():
    """A group without values has no dots."""
    drawn, _ = swarms([np.array([]), np.array([1.0])], scale=10, room=5, diameters=[6])
    assert [len(swarm.values) for swarm in drawn] == [0, 1]
