"""What an English newsreader says for what is written."""

import pytest

from aloud.adapt import adapt
from aloud.article import Article, Block, Role, State
from aloud.script import Token


def tokens(text: str) -> list[Token]:
    block = Block("b", Role.PARAGRAPH, text, State.SPOKEN)
    made = adapt(Article(url="", blocks=(block,), language="en-GB"))
    return [token for utterance in made.utterances for token in utterance.tokens]


def said(text: str) -> str:
    return " ".join(t.spoken for t in tokens(text))


@pytest.mark.parametrize(
    ("written", "spoken", "kind"),
    [
        ("$5m", "five million dollars", "money"),
        ("€45.6bn", "forty five point six billion euros", "money"),
        ("£9.99", "nine pounds and ninety nine pence", "money"),
        ("$0.05", "five cents", "money"),
        ("HK$5 million", "five million Hong Kong dollars", "money"),
        ("¥2 trillion", "two trillion yen", "money"),
        ("$20,000-a-year", "twenty thousand dollar a year", "money"),
        ("20p", "twenty pence", "money"),
        ("24-member", "twenty four member", "number"),
        ("65-year-old", "sixty five year old", "number"),
        ("nine-day", "nine day", "number"),
        ("1,500", "one thousand five hundred", "number"),
        ("-0.25", "minus zero point two five", "number"),
        ("217-213", "two hundred seventeen to two hundred thirteen", "number"),
        ("0-0", "zero zero", "number"),
        ("1/3", "one third", "number"),
        ("2½", "two and a half", "number"),
        ("24/7", "twenty four seven", "number"),
        ("9/11", "nine eleven", "number"),
        ("F-16", "F sixteen", "number"),
        ("12th", "twelfth", "ordinal"),
        ("101st", "one hundred first", "ordinal"),
        ("10%", "ten percent", "percent"),
        ("5-6%", "five to six percent", "percent"),
        ("1990s", "nineteen nineties", "year"),
        ("2024/25", "twenty twenty four twenty five", "year"),
        ("1984", "nineteen eighty four", "year"),
        ("2008", "two thousand eight", "year"),
        ("7.30am", "seven thirty A M", "time"),
        ("5:30 p.m.", "five thirty P M", "time"),
        ("14:05", "fourteen oh five", "time"),
        ("120km/h", "one hundred twenty kilometres per hour", "unit"),
        ("5kg", "five kilograms", "unit"),
        ("35°C", "thirty five degrees Celsius", "unit"),
        ("2,000 sq km", "two thousand square kilometres", "unit"),
        ("tips@example.com", "tips at example dot com", "url"),
    ],
)
def test_it_is_one_token_and_said_in_words(written, spoken, kind):
    for text in (written, f"He saw {written}.", f"({written}) it was"):
        token = next(t for t in tokens(text) if text[t.start : t.end] == written)
        assert (token.spoken, token.kind) == (spoken, kind)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("A £3m grant.", "A three million pound grant"),
        ("He paid a £3m for it.", "He paid a three million pounds for it"),
        ("On May 5, 2024, he left.", "On May fifth twenty twenty four he left"),
        ("On 9 November he left.", "On the ninth of November he left"),
        ("Mr. Chen, Dr. Li and Gov. Cox", "Mister Chen Doctor Li and Governor Cox"),
        ("St Petersburg, 5 Main St.", "Saint Petersburg five Main Street"),
        ("No. 5 said no.", "number five said no"),
        ("1500 jobs in 1500", "one thousand five hundred jobs in fifteen hundred"),
        ("2024 people", "two thousand twenty four people"),
        ("US officials told us.", "U.S. officials told us"),
        ("TELL US ALL", "TELL US ALL"),
        ("It won in 2016 – 20 years on.", "It won in twenty sixteen twenty years on"),
        ("iOS 17.4.1 and COVID-19", "iOS seventeen point four point one and COVID nineteen"),
        (
            "He ran the 100m in 9.58s",
            "He ran the one hundred metres in nine point five eight seconds",
        ),
        ("12/25 of 250m users", "twelve twenty fifths of two hundred fifty million users"),
        ("World War II and Louis XIV", "World War two and Louis the fourteenth"),
    ],
)
def test_the_words_around_decide(written, spoken):
    assert said(written) == spoken


def test_a_serial_number_too_long_to_count_is_read_digit_by_digit():
    assert said("1" * 30) == " ".join(["one"] * 30)
    assert said("9" * 6000).count("nine") == 6000


def test_ordinary_words_are_said_as_they_are_written():
    text = "The lead singer, who had read it, re-elected co-owners at a well-known bank"
    assert said(text) == text.replace(",", "")
