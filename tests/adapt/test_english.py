"""What an English newsreader says for what is written."""

import pytest

from aloud.adapt import adapt
from aloud.article import Article, Block, Role, State
from aloud.script import Token


def tokens(text: str, language: str = "en") -> list[Token]:
    block = Block("b", Role.PARAGRAPH, text, State.SPOKEN)
    made = adapt(Article(url="", blocks=(block,), language=language))
    return [token for utterance in made.utterances for token in utterance.tokens]


def said(text: str, language: str = "en") -> str:
    return " ".join(t.spoken for t in tokens(text, language))


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


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Two F-16s and three 747s", "Two F sixteens and three seven forty sevens"),
        ("Under-21s and 18-34s", "Under twenty ones and eighteen to thirty fours"),
        (
            "He won in 9.58s, then in 12s",
            "He won in nine point five eight seconds then in twelve seconds",
        ),
        ("After 2023's losses", "After twenty twenty three's losses"),
    ],
)
def test_an_s_at_a_figure_is_a_plural_and_seconds_are_measured(written, spoken):
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("It weighs 2t", "It weighs two tonnes"),
        ("It is 10m tall and 6m-long", "It is ten metres tall and six metre long"),
        ("The 4x100m relay", "The four by one hundred metre relay"),
        ("A 30m pool and 1.4bn people", "A thirty metre pool and one point four billion people"),
        ("250m users, 5M users", "two hundred fifty million users five million users"),
        ("It sold 3m", "It sold three million"),
        ("It has 3m now", "It has three m now"),
    ],
)
def test_a_letter_at_a_figure_is_a_million_only_where_something_is_counted(written, spoken):
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("$300bn-$400bn", "three hundred billion to four hundred billion dollars"),
        ("£3-£4", "three to four pounds"),
        ("Nov 4-6", "November fourth to sixth"),
        ("May 10–12", "May tenth to twelfth"),
        ("Jan. 3-Feb. 4 is on.", "January third to February fourth is on"),
        ("FY2026-30", "F Y twenty twenty six to thirty"),
        ("1960s-70s", "nineteen sixties to seventies"),
    ],
)
def test_a_range_says_to(written, spoken):
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("A $1.2TN BUDGET", "A one point two trillion dollars BUDGET"),
        ("£5M FINE, $500K", "five million pounds FINE five hundred thousand dollars"),
        ("$5m repair", "five million dollar repair"),
        ("£1.6bn plan", "one point six billion pound plan"),
        ("$5m yesterday", "five million dollars yesterday"),
        ("$5m went", "five million dollars went"),
        ("$5m raised", "five million dollars raised"),
        ("$5m goes on", "five million dollars goes on"),
        ("$70/bbl", "seventy dollars a barrel"),
        ("₹500 crore", "five hundred crore rupees"),
        ("€2,50", "two euros and fifty cents"),
        ("Rmb100m", "one hundred million yuan"),
    ],
)
def test_money_in_headlines_and_from_abroad(written, spoken):
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Sgt. A, Cpl. B, Pvt. C", "Sergeant A Corporal B Private C"),
        ("Brig. Gen. Lee and Fr. Ted", "Brigadier General Lee and Father Ted"),
        ("Sec. Clinton, Sec. 5", "Secretary Clinton section five"),
        ("Fig. 3, pp. 4-6, Apt. 5", "figure three pages four to six apartment five"),
        ("est. 1990", "established nineteen ninety"),
        ("He lives in Co. Durham", "He lives in County Durham"),
        ("Smith & Co. Cork rose", "Smith and Company Cork rose"),
        ("then Sr. Anne left", "then Sister Anne left"),
        ("John Sr. Left", "John Senior Left"),
        ("Henry V and Edward I of England", "Henry the fifth and Edward the first of England"),
        ("Elizabeth I was queen", "Elizabeth the first was queen"),
        ("I told Elizabeth I was late", "I told Elizabeth I was late"),
        ("He rang 999, not 911", "He rang nine nine nine not nine one one"),
        ("911 people", "nine hundred eleven people"),
        ("The hashtag #MeToo", "The hashtag Me Too"),
        ("200g of v2.0", "two hundred grams of version two point zero"),
        ("10⁶ and 10⁻³", "ten to the power of six and ten to the power of minus three"),
        (
            "5m², 30 km² and 3m³",
            "five square metres thirty square kilometres and three cubic metres",
        ),
    ],
)
def test_short_words_and_signs_stand_for_long_ones(written, spoken):
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "british", "american"),
    [
        ("112", "one hundred and twelve", "one hundred twelve"),
        ("210,000", "two hundred and ten thousand", "two hundred ten thousand"),
        ("1,001 men", "one thousand and one men", "one thousand one men"),
        ("1,100", "one thousand one hundred", "one thousand one hundred"),
        ("1,112", "one thousand one hundred and twelve", "one thousand one hundred twelve"),
        ("1,020,000", "one million twenty thousand", "one million twenty thousand"),
        ("in 2008", "in two thousand and eight", "in two thousand eight"),
        ("101st", "one hundred and first", "one hundred first"),
        ("in 1984", "in nineteen eighty four", "in nineteen eighty four"),
    ],
)
def test_britain_says_and(written, british, american):
    assert said(written, "en-GB") == said(written, "en-AU") == british
    assert said(written, "en-US") == said(written) == american
