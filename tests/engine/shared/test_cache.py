from __future__ import annotations

from desktop.engine.shared.cache import (
    ByteBudgetCache,
    PictureSpan,
    PromptItem,
    cell_count,
    common_prefix,
    position_count,
)

WIDE = PictureSpan("a:20x15", 300, 20)


def test_that_cells_and_positions_are_counted_apart() -> None:
    items: list[PromptItem] = [1, 2, WIDE, 3]
    assert cell_count(items) == 303
    assert position_count(items) == 23


def test_that_a_prefix_ends_at_the_first_difference_and_never_inside_a_picture() -> None:
    other = PictureSpan("b:20x15", 300, 20)
    assert common_prefix([1, WIDE, 5, 6], [1, WIDE, 5, 7]) == 3
    assert common_prefix([1, WIDE, 5], [1, other, 5]) == 1
    assert common_prefix([1, 2], [1, 2, 3]) == 2
    assert common_prefix([], [1]) == 0


def test_that_the_least_recently_used_goes_first() -> None:
    cache: ByteBudgetCache[str] = ByteBudgetCache(100)
    cache.put("a", "A", 40)
    cache.put("b", "B", 40)
    assert cache.get("a") == "A"
    cache.put("c", "C", 40)
    assert cache.get("b") is None
    assert (cache.get("a"), cache.get("c")) == ("A", "C")
    assert cache.used_bytes == 80


def test_that_a_value_larger_than_the_budget_is_not_kept() -> None:
    cache: ByteBudgetCache[str] = ByteBudgetCache(100)
    cache.put("a", "A", 60)
    cache.put("big", "B", 101)
    assert cache.get("big") is None
    assert cache.get("a") == "A"


def test_that_replacing_and_dropping_keep_the_count() -> None:
    cache: ByteBudgetCache[str] = ByteBudgetCache(100)
    cache.put("a", "A", 60)
    cache.put("a", "A2", 30)
    assert (cache.used_bytes, cache.get("a"), len(cache)) == (30, "A2", 1)
    cache.drop("a")
    cache.drop("a")
    assert (cache.used_bytes, len(cache)) == (0, 0)
    cache.put("b", "B", 1)
    cache.clear()
    assert (cache.used_bytes, cache.values()) == (0, [])


def test_that_looking_through_the_values_is_no_use() -> None:
    cache: ByteBudgetCache[str] = ByteBudgetCache(100)
    cache.put("a", "A", 40)
    cache.put("b", "B", 40)
    cache.get("a")
    assert cache.values() == [("b", "B"), ("a", "A")]
    cache.put("c", "C", 40)
    assert [key for key, _ in cache.values()] == ["a", "c"]
