"""Layout: which blocks stand where on an article's page."""

import pytest

from aloud.serve.models.reading import BlockOut
from aloud.serve.pages.layout import Table, laid_out


def block(
    number: int, role: str, text: str = "", state: str = "spoken", **more: object
) -> BlockOut:
    told = {"id": f"x{number}", "role": role, "text": text or role, "state": state}
    return BlockOut.model_validate({"reason": "", "level": 0, **told, **more})


def test_headline_byline_standfirst_and_key_points_stand_on_top_and_nowhere_else():
    blocks = [
        block(1, "byline"),
        block(2, "headline"),
        block(3, "paragraph"),
        block(4, "key_point"),
        block(5, "standfirst"),
        block(6, "byline"),
    ]
    laid = laid_out(blocks)
    assert (laid.headline, laid.byline) == (blocks[1], blocks[0])
    assert (laid.standfirst, laid.key_points) == ((blocks[4],), (blocks[3],))
    assert [part.blocks for part in laid.body] == [(blocks[2],), (blocks[5],)]


def test_neighbours_make_one_list_and_one_quotation():
    roles = ["item", "item", "paragraph", "item", "quote", "quote", "paragraph", "paragraph"]
    laid = laid_out([block(n, role) for n, role in enumerate(roles)])
    assert [(part.role, len(part.blocks)) for part in laid.body] == [
        ("item", 2), ("paragraph", 1), ("item", 1), ("quote", 2), ("paragraph", 1),
        ("paragraph", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "shown"),
    [([2, 3, 4], [2, 3, 4]), ([3, 5, 3], [2, 3, 2]), ([4, 2, 6], [2, 2, 3]), ([1, 1], [2, 2])],
)
def test_headings_are_in_order_whatever_the_page_called_them(given, shown):
    laid = laid_out([block(n, "heading", level=level) for n, level in enumerate(given)])
    assert [part.level for part in laid.body] == shown


def test_a_table_has_columns_where_every_row_has_as_many_cells():
    (part,) = laid_out([block(1, "table", "Boats\nYear | Boats\n2024 | 31")]).body
    assert part.table == Table("Boats", (("Year", "Boats"), ("2024", "31")))
    (part,) = laid_out([block(1, "table", "Year | Boats\n2024")]).body
    assert part.table is None
    (part,) = laid_out([block(1, "table", "No columns")]).body
    assert part.table is None


def test_what_was_left_out_is_grouped_by_its_reason_the_most_frequent_first():
    out = [
        block(n, "furniture", state="removed", reason=reason)
        for n, reason in enumerate(["share", "player", "share"])
    ]
    laid = laid_out([*out, block(9, "caption", state="shown")])
    assert [(group.reason, group.blocks) for group in laid.left_out] == [
        ("share", (out[0], out[2])),
        ("player", (out[1],)),
    ]
    assert [shown.id for shown in laid.only_shown] == ["x9"]
