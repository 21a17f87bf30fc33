"""Captions: the written words, in order, none lost."""

import html
import re

import pytest

from aloud import article
from aloud.adapt import adapt
from aloud.master.cues import LONGEST, Cue, cues, to_srt, to_vtt
from aloud.speech import TokenTiming

TEXT = (
    "“The harbour (its old part) is open,” the mayor said — at last! A very long sentence follows, "
    "which goes on about walls, boats, ferries and the weather, and on, and does not come to an "
    "end before it has passed the width of two lines of caption by far. Costs: $5m & <more>."
)


def made(text: str) -> tuple[Cue, ...]:
    script = adapt(article.plain(text))
    timings, at = [], 0.0
    for number, utterance in enumerate(script.utterances):
        for index in range(len(utterance.tokens)):
            timings.append(TokenTiming(number, index, at, at + 0.2))
            at += 0.25
    return cues(script, timings)


def test_captions_together_are_the_written_text():
    assert " ".join(cue.text for cue in made(TEXT)).split() == TEXT.split()


def test_captions_are_in_order_and_never_overlap():
    times = [t for cue in made(TEXT) for t in (cue.start, cue.end)]
    assert times == sorted(times)
    assert all(cue.start < cue.end for cue in made(TEXT))


def test_no_caption_is_longer_than_two_lines():
    assert max(len(cue.text) for cue in made(TEXT)) <= LONGEST + 4  # marks at its ends


def test_a_word_longer_than_a_caption_is_a_caption():
    word = "https://harbour.example/" + "x" * 200
    assert "".join(cue.text for cue in made(word)).split() == [word]


def test_vtt_escapes_what_would_be_markup():
    vtt = to_vtt(made(TEXT))
    assert vtt.startswith("WEBVTT\n\n00:00:00.000 --> ")
    assert "&lt;more&gt;" in vtt
    assert "<more>" not in vtt
    assert html.unescape(vtt).count("-->") == len(made(TEXT))


def test_srt_is_numbered_and_timed_with_commas():
    srt = to_srt([Cue(0, 1500, "One."), Cue(3_661_001, 3_662_000, "Two.")])
    assert srt == (
        "1\n00:00:00,000 --> 00:00:01,500\nOne.\n\n2\n01:01:01,001 --> 01:01:02,000\nTwo.\n"
    )


@pytest.mark.parametrize("mark", ["-->", "\n\n"])
def test_no_text_can_break_out_of_its_caption(mark):
    vtt = to_vtt(made(f"One {mark} two. Three."))
    assert len(re.findall(r"^\d\d:.* --> .*$", vtt, re.M)) == len(made(f"One {mark} two. Three."))


@pytest.mark.parametrize(
    "text",
    [
        "票价上涨4.5%。该项目耗资35亿元。“速度”将达到每小时300公里。",
        "« Nous n'avons pas le choix », a dit le maire. « Le pont ferme. » Il a ajouté un mot.",
        "„Wir haben keine Wahl“, sagte sie. ¿Y ahora? (Nobody knows.) [He] said: “Go.”",
        'He said "no" and left. "Yes," she said, "but not now."',
    ],
)
def test_quotes_and_marks_stay_with_the_words_they_are_written_next_to(text):
    captions = [cue.text for cue in made(text)]
    assert "".join("".join(captions).split()) == "".join(text.split())
    for caption in captions:
        assert caption[0] not in "。％%»”,.)"
        assert caption[-1] not in "«„¿(["
