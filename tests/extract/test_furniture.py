"""Furniture: what is taken out by its words alone, and what must survive."""

import pytest

from aloud.extract.furniture import furniture, in_lines

TAKEN_OUT = {
    "advertisement": ["Advertisement", "ADVERTISEMENT", "Advertisement - scroll to continue",
                      "Sponsored", "Sponsored content", "Story continues below advertisement",
                      "— Advertisement —", "Ad", "Anzeige", "Publicité", "Реклама", "广告"],
    "reading-time": ["Reading Time:2 minutes", "Reading time: 3 minutes", "3 min read",
                     "12 MIN READ", "5-minute read", "Lesezeit: 4 Minuten"],
    "trust-line": ["Why you can trust the Courier", "Why trust us", "WHY YOU CAN TRUST US"],
    "comment-count": ["12 comments", "1 Comment", "Comments (3)", "Leave a comment",
                      "1,204 comments"],
    "newsletter": ["Sign up for our daily newsletter", "Subscribe now",
                   "Get the best stories delivered to your inbox every morning"],
    "related": ["Read more: Five boats to watch", "Related", "Related articles", "READ NEXT",
                "You may also like", "Most read"],
    "share": ["Share this article", "Copy link", "Follow us on Instagram"],
    "photo-credit": ["Photo: Jane Doe/AFP", "Image credit: Lena Oduya", "Getty Images"],
    "copyright": ["© 2024 The Courier. All rights reserved.", "Copyright 2023 Example Ltd"],
    "navigation": ["Skip to main content", "Sign in", "Back to top"],
    "player": ["Select Voice", "Choose your listening speed", "Get through articles 2x faster",
               "250 WPM", "Listen to this article", "Listen to this article · 6 min",
               "0:00 / 3:12", "Playback speed"],
}  # fmt: skip
SURVIVORS = [
    "The advertisement ran for a week.", "Advertisements for tobacco were banned in 2003.",
    "Fast", "Slow", "Play", "1.25x", "Home", "X", "Share prices fell by 3 per cent on Monday.",
    "Read more books, the minister told pupils.", "Comments by the mayor drew criticism.",
    "Sponsored athletes earn more, a study found.", "Photo by photo, the album filled up.",
    "The newsletter that he founded in 1987 now has nine readers.", "Why trust matters",
    "Related companies must file together, the court ruled.", "2024", "5 minutes",
    "“Sign up for the newsletter,” she said, and three thousand people did.",
    "Listen to this: a town of 400 has seven choirs.",
]  # fmt: skip


@pytest.mark.parametrize(("rule", "line"), [(r, x) for r, xs in TAKEN_OUT.items() for x in xs])
def test_a_line_of_furniture_is_taken_out_by_its_rule(rule: str, line: str):
    assert furniture(line) == rule


@pytest.mark.parametrize("line", SURVIVORS)
def test_a_line_that_could_be_news_survives(line: str):
    assert furniture(line) == ""


def test_ambiguous_lines_are_the_players_only_beside_one_that_is():
    assert in_lines(["Select voice", "1.5x", "Slow", "Fast"]) == ["player"] * 4
    assert in_lines(["Three words stood on the wall.", "Slow", "Fast"]) == ["", "", ""]


def test_the_name_of_a_voice_between_player_lines_is_the_players():
    assert in_lines(["Select voice", "Emma (UK)", "Playback speed"]) == ["player"] * 3
    assert in_lines(["Select voice", "She sang.", "Playback speed"])[1] == ""


def test_an_advertisement_does_not_make_its_neighbours_furniture():
    assert in_lines(["Advertisement", "Fast"]) == ["advertisement", ""]


def test_site_names_are_share_buttons_only_beside_one_that_is():
    assert in_lines(["Facebook", "Copy link", "WhatsApp"]) == ["share"] * 3
    assert in_lines(["Facebook", "WhatsApp"]) == ["", ""]
