"""Zoom, middle and turning: what a person points at stays where it is."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF

from desktop.gui.viewer_glide import Glide, between
from desktop.gui.viewer_view import MOST_ZOOM, ViewerView

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def view() -> ViewerView:
    view = ViewerView()
    view.resize(QSizeF(600, 400), 1.0)
    view.show(4000, 3000)
    return view


def test_that_a_picture_is_shown_whole_at_first_and_when_the_viewport_changes(
    view: ViewerView,
) -> None:
    for width, height in ((600, 400), (300, 900)):
        view.resize(QSizeF(width, height), 1.0)
        shown = view.transform().mapRect(QRectF(0, 0, 4000, 3000))
        assert QRectF(0, 0, width, height).contains(shown)
        assert shown.center() == QPointF(width / 2, height / 2)
        assert not view.can_pan


def test_that_a_small_picture_is_not_enlarged_to_fit(view: ViewerView) -> None:
    view.show(40, 30)
    assert view.zoom == 1.0


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_that_zooming_keeps_what_is_under_the_pointer(
    view: ViewerView, turns: int, ratio: float
) -> None:
    view.resize(QSizeF(600, 400), ratio)
    view.turn(turns)
    view.zoom_to(2.0)
    at = QPointF(130, 310)
    before = view.to_picture(at)
    for zoom in (3.0, 9.0, 16.0, 5.0):
        view.zoom_to(zoom, at)
        after = view.to_picture(at)
        assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()), abs=0.01)


def test_that_zoom_ends_at_1600_percent_and_at_the_whole_picture(view: ViewerView) -> None:
    view.zoom_to(1000)
    assert view.zoom == MOST_ZOOM == 16
    view.zoom_to(0.0001)
    assert view.zoom == view.fit_zoom()
    assert view.is_fitted


def test_that_one_to_one_means_pixels_of_the_screen(view: ViewerView) -> None:
    view.resize(QSizeF(600, 400), 2.0)
    view.zoom_to(1.0)
    assert view.transform().mapRect(QRectF(0, 0, 100, 100)).width() == 50


def test_that_steps_pass_through_round_percentages_and_come_back(view: ViewerView) -> None:
    seen = []
    for _ in range(20):
        view.step(1)
        seen.append(view.zoom)
    assert seen[-1] == MOST_ZOOM
    assert {0.25, 0.5, 1.0, 2.0, 4.0, 8.0} <= set(seen)
    for _ in range(20):
        view.step(-1)
    assert view.is_fitted


@pytest.mark.parametrize("turns", range(4))
def test_that_a_picture_cannot_be_pushed_out_of_sight(view: ViewerView, turns: int) -> None:
    view.turn(turns)
    view.zoom_to(0.5)
    view.pan(100_000, 100_000)
    shown = view.transform().mapRect(QRectF(0, 0, 4000, 3000))
    assert shown.topLeft().toPoint() == QPointF(0, 0).toPoint()
    view.pan(-100_000, -100_000)
    shown = view.transform().mapRect(QRectF(0, 0, 4000, 3000))
    assert shown.bottomRight().toPoint() == QPointF(600, 400).toPoint()


@pytest.mark.parametrize("turns", range(4))
def test_that_panning_moves_the_picture_with_the_hand(view: ViewerView, turns: int) -> None:
    view.turn(turns)
    view.zoom_to(2.0)
    spot = view.to_picture(QPointF(200, 200))
    view.pan(31, -17)
    moved = view.transform().map(spot)
    assert (moved.x(), moved.y()) == pytest.approx((231, 183), abs=0.01)


def test_that_a_turned_picture_is_fitted_anew(view: ViewerView) -> None:
    upright = view.zoom
    view.turn(1)
    assert view.is_fitted
    assert view.zoom < upright
    shown = view.transform().mapRect(QRectF(0, 0, 4000, 3000))
    assert shown.height() > shown.width()


def test_that_a_small_place_is_brought_near(view: ViewerView) -> None:
    place = QRectF(3500, 100, 40, 30)
    view.reveal(place)
    assert view.visible().contains(place)
    assert view.zoom >= 1
    zoom = view.zoom
    view.reveal(place)  # it is in sight already
    assert view.zoom == zoom


# --- gliding --------------------------------------------------------------------------------------


@pytest.mark.parametrize("fraction", [0.1, 0.5, 0.9])
def test_that_a_glide_keeps_still_what_stands_still_between_its_ends(
    view: ViewerView, fraction: float
) -> None:
    view.zoom_to(1.0)
    start, at = copy(view), QPointF(140, 90)
    held = view.to_picture(at)
    view.zoom_to(8.0, at)
    way = between(start, view, fraction)
    assert 1 < way.zoom < 8
    now = way.to_picture(at)
    assert (now.x(), now.y()) == pytest.approx((held.x(), held.y()), abs=1e-6)


def test_that_a_glide_begins_and_ends_where_it_should(view: ViewerView) -> None:
    start = copy(view)
    view.reveal(QRectF(3000, 2000, 100, 100))
    for fraction, end in ((0.0, start), (1.0, view)):
        way = between(start, view, fraction)
        assert way.zoom == pytest.approx(end.zoom)
        assert way.middle_point.x() == pytest.approx(end.middle_point.x())
    assert start.zoom != view.zoom


def test_that_a_glide_is_over_in_time_and_only_for_the_eye(qtbot: QtBot, view: ViewerView) -> None:
    glide, start = Glide(), copy(view)
    view.zoom_to(4.0)
    glide.begin(start, view, 60)
    assert glide.shown(view).zoom == start.zoom
    assert view.zoom == 4
    qtbot.waitUntil(lambda: glide.shown(view) is view)


def test_that_without_motion_nothing_glides(view: ViewerView) -> None:
    glide, start = Glide(), copy(view)
    view.zoom_to(4.0)
    glide.begin(start, view, 0)
    assert glide.shown(view) is view
