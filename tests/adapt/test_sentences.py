"""Where a sentence ends, and where it only seems to."""

import pytest

from aloud.adapt.sentences import sentences


def split(text: str, language: str = "en") -> list[str]:
    return [text[start:end] for start, end in sentences(text, language)]


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Chen met Dr. Li and Gov. Newsom.",
        "The U.S. Navy moved to Washington, D.C. in May.",
        "Sen. Warren, D-Mass., spoke to Rep. Roy, R-Tex., on Monday.",
        "It opened at 9 p.m. Friday with Lt. Col. Brown.",
        "At 6 a.m. Mrs. Wong left.",
        "J. K. Rowling and George W. Bush met.",
        "Prices rose 3.5 per cent to $1.25 a litre.",
        "He works for Widget Inc. in Ohio, e.g. on Jan. 6.",
        "Visit news.example.com or bbc.co.uk for more.",
        "“It is late. It is cold,” she said.",
        "“Why now?” Prof Li asked.",
        "She waited… and waited ... and left.",
        "Yahoo! News and Jeopardy! are names.",
        "The No. 1 player, ranked No. 3 last year, won.",
        "1. The first item",
        "He wrote [...] nothing.",
    ],
)
def test_a_period_inside_a_sentence_does_not_end_it(text):
    assert split(text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "He lives in the U.S.|She does not.",
        "It ended at 7 p.m.|Police left.",
        "It began at 7 a.m.|Monday's storm was over.",
        "Shares of Acme Co.|The index fell.".replace("|The", "|They fell. The"),
        "He said no.|Bob said yes.",
        "He was ill.|Doctors came.",
        "They sat.|Nobody spoke.",
        "“We can.”|“We must.”",
        "(He was late.)|She stayed.",
        "Is it?|Yes!|Good.",
        "He left.|iPhone sales rose.",
        "Prices fell.|5 people left.",
        "Prices fell.|Then they rose.",
        "You and I.|Did you see Albert I. Jones?",
        "1. The first item|2. The second item|3. The third",
        "They rose….|He fell.",
    ],
)
def test_sentences_end_where_they_end(text):
    parts = text.replace("They fell. The", "They fell.|The").split("|")
    assert split(" ".join(parts)) == parts


def test_a_space_lost_between_sentences_is_no_reason_to_run_on():
    assert split("Prices fell.Then they rose. See example.com.") == [
        "Prices fell.", "Then they rose.", "See example.com.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "北京很冷。|他说：“我们会赢。再见。”|真的吗？|是的！"),
        ("ja", "「行こう。早く。」と彼は言った。|雨だ。"),
        ("hi", "वह आया।| वह गया।"),
        ("ar", "هل جاء؟| نعم."),
        ("de", "Am 3. Oktober kam Dr. Weber.| Er blieb bis zum 5. Mai."),
        ("fr", "M. Dupont est là.| Il reste."),
        ("es", "¿Vienes?| ¡Sí!| Vale."),
        ("el", "Ναι.| Όχι."),
        ("ru", "А. С. Пушкин жил в г. Москве.| Он писал."),
    ],
)
def test_other_languages_have_their_own_marks(language, text):
    parts = text.split("|")
    assert split("".join(parts), language) == [part.strip() for part in parts]


def test_a_long_quotation_is_split_inside():
    text = "“" + "We will win this one. " * 20 + "Truly,” he said."
    assert len(split(text)) > 10


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "Sgt. Bo, Cpl. Lo, Pvt. Mo, Brig. Gen. Jo, Fr. Ted, Atty. Gen. Li and Sec. Lee.",
        ),
        ("en", "It runs Jan. 3-Feb. 4 in Apt. 5, est. 1990, see Fig. 3 and pp. 4-6."),
        (
            "de",
            "Am 3. Mai kam z. B. Prof. Lee, d. h. ca. 5 Mio. Euro bzw. 3 Mrd. Dollar usw. Ende.",
        ),
        ("fr", "M. Le Pen et Mme. Curie."),
        ("es", "El Sr. López, p. ej. Dr. No."),
        ("it", "Il sig. Rossi, ecc. Roma."),
        ("nl", "Dhr. Jansen, bijv. Piet."),
        ("pt", "O Sr. Silva e a Sra. Costa."),
        ("ru", "Т. е. 5 млн. руб. на ул. Ленина им. Горького в 2020 г. Москве."),
    ],
)
def test_an_abbreviation_ends_no_sentence(language, text):
    assert split(text, language) == [text]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "300 км/ч.|Подпишитесь."),
        ("en", "He runs the SEC.|Nobody knew."),
        ("en", "It went 20 km/h.|Bob left."),
    ],
)
def test_a_unit_or_an_agency_ends_one(language, text):
    assert split(text.replace("|", " "), language) == text.split("|")
