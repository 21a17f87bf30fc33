"""One written word is one token, with its place and the melody after it."""

import pytest

from aloud.adapt import adapt
from aloud.article import Article, Block, Role, State
from aloud.script import Token


def tokens(text: str, language: str = "en") -> list[Token]:
    block = Block("b", Role.PARAGRAPH, text, State.SPOKEN)
    made = adapt(Article(url="", blocks=(block,), language=language))
    return [token for utterance in made.utterances for token in utterance.tokens]


def said(text: str, language: str = "en") -> str:
    return "".join(t.spoken + t.after for t in tokens(text, language)).rstrip()


def written(text: str, language: str = "en") -> list[str]:
    return [text[t.start : t.end] for t in tokens(text, language)]


def test_quotes_and_brackets_stand_outside_of_the_word_and_its_apostrophe_inside():
    assert written("“We can't,” (he said) 'twice-told'.") == [
        "We", "can't", "he", "said", "twice-told",
    ]  # fmt: skip


def test_the_periods_of_an_abbreviation_stand_inside():
    assert written("The U.S. and J. Smith, e.g. here.") == [
        "The", "U.S.", "and", "J.", "Smith", "e.g.", "here",
    ]  # fmt: skip


def test_money_and_its_million_are_one_token_to_highlight():
    assert written("It paid $5 million, £3bn and US$69 million.") == [
        "It", "paid", "$5 million", "£3bn", "and", "US$69 million",
    ]  # fmt: skip


def test_han_characters_are_a_token_each_and_kana_a_run():
    assert written("北京カメラ2024年", "zh") == ["北", "京", "カメラ", "2024", "年"]
    assert said("北京，莫斯科。", "zh") == "北京, 莫斯科."


def test_a_script_without_spaces_is_one_token_a_run():
    assert written("สวัสดี ครับ", "th") == ["สวัสดี", "ครับ"]


def test_vowel_signs_and_joiners_stay_in_their_word():
    assert written("नमस्ते दुनिया", "hi") == ["नमस्ते", "दुनिया"]
    assert written("می‌خواهم", "fa") == ["می‌خواهم"]
    assert said("Donau\u00addampf\u00adschiff", "de") == "Donaudampfschiff."


@pytest.mark.parametrize(
    ("text", "melody"),
    [
        ("One, two; three: four.", "One, two; three: four."),
        ("One (two) three — four – five.", "One, two, three, four, five."),
        ("“Go,” he said. “Now!”", "Go, he said. Now!"),
        ("“Why?” he asked.", "Why? he asked."),
        ("Paris–Roubaix and/or Nice", "Paris Roubaix and or Nice."),
        ("She waited… then left", "She waited, then left."),
        ("He said: “It is new. It is risky.”", "He said: It is new. It is risky."),
        ("Yahoo! is a name.", "Yahoo is a name."),
        ("Hello", "Hello."),
        ("He moved to the U.S.", "He moved to the U.S."),
    ],
)
def test_punctuation_becomes_melody(text, melody):
    assert said(text) == melody


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("[[mˈɜːdɚ]] he wrote", "mˈɜːdɚ, he wrote."),
        ("<speak>Hi</speak> there", "speak Hi speak there."),
        ("before\x00after", "before after."),
        ("a ]] b", "a, b."),
        ("if 3 < 5 then", "if three less than five then."),
        ("a\u202eb", "a b."),
    ],
)
def test_what_an_engine_could_take_for_an_order_is_never_said(text, spoken):
    assert said(text) == spoken


def test_a_symbol_that_is_said_has_a_token_and_an_ornament_has_none():
    assert said("Rock & roll ★ 🎉 stars") == "Rock and roll stars."
    assert said("#### $$$ ok") == "ok."
    assert said("Mehl & Eier", "de") == "Mehl & Eier."


def test_an_address_is_one_token_with_a_short_reading():
    text = "See https://www.example.com/news/2024/11/09/a-very-long-story.html?id=5."
    assert written(text)[-1].startswith("https://")
    assert said(text) == "See example dot com."


def test_ornamental_letters_are_said_as_plain_ones():
    assert said("𝐁𝐨𝐥𝐝 ＡＢＣ") == "Bold ABC."


def test_an_endless_word_comes_in_parts_and_whole():
    text = "x" * 10_000
    assert "".join(t.spoken for t in tokens(text)) == text
    assert max(len(t.spoken) for t in tokens(text)) <= 81


def test_a_footnote_mark_is_seen_with_its_word_and_never_said():
    text = "The cat.[1] It sat[2][3] on it.² Then"
    assert said(text) == "The cat. It sat on it. Then."
    assert written(text) == ["The", "cat.[1]", "It", "sat[2][3]", "on", "it.²", "Then"]


@pytest.mark.parametrize(
    ("language", "text", "spoken"),
    [
        ("de", "am 3. Mai", "am 3. Mai."),
        ("de", "Er kam am 3. Die Stadt schlief.", "Er kam am 3. Die Stadt schlief."),
        ("de", "z. B. ca. 5 Mio. Euro", "z.B. ca. 5 Mio. Euro."),
        ("fr", "20–30 km/h", "20-30 km/h."),
        ("ru", "300 км/ч. Подпишитесь", "300 км/ч. Подпишитесь."),
        ("zh", "他有$5和€10。", "他有$5和€10."),
    ],
)
def test_an_engine_gets_what_it_must_see_together(language, text, spoken):
    assert said(text, language) == spoken


def test_a_currency_sign_is_one_token_with_its_figure():
    assert written("他有$5和", "zh") == ["他", "有", "$5", "和"]
