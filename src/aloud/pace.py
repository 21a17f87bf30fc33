"""Pace: the one place where 1.25x and 250 words a minute are the same thing.

1.00x is 200 spoken words a minute for every voice and every article. The wish is met on the
recording itself: its own words and its own length give the factor, no constant of a voice.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from aloud.errors import UsageError

NORMAL_WPM = 200  # spoken words a minute at 1.00x
MIN_WPM, MAX_WPM = 100, 550  # what can be wished for
MIN_RATE, MAX_RATE = 0.4, 4.5  # what can be reached from a recording
PACES = {"slow": 150, "average": 200, "fast": 250}
HARD_TO_FOLLOW_WPM = 275  # understanding declines above this (docs/notes/speed.md)

# Seconds at natural rate. At 2x a paragraph's pause shrinks to 0.46, still above its floor.
CLAUSE_PAUSE = 0.15
SENTENCE_PAUSE = 0.40
PARAGRAPH_PAUSE = 0.65
SECTION_PAUSE = 0.90  # after the headline and around headings
# However fast, one must still hear where a sentence and a paragraph end (docs/notes/speed.md).
SENTENCE_FLOOR, PARAGRAPH_FLOOR = 0.12, 0.25

MOST_HELD_BACK = 1.15  # times the time of an even change of pace, for a sentence full of numbers
_FINE = 1000  # parts of a sample, in which shares are counted

# Pauses give way to speech that would have to be squeezed harder than this to keep the promise.
_HARDEST_SPEECH_RATE = 6.0
# Times the wish that one utterance may be hurried or drawn out for its own pause. Sentences of
# news need 1.05 to 1.2; "Yes." before a paragraph's pause would need 3 and be lost.
_MOST_PRESSED = 1.25


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one utterance goes in the paced recording, in samples."""

    start: int
    length: int  # of the speech
    pause: int  # after it


def label(wpm: float) -> str:
    """Both true numbers of one speed.

    >>> label(250)
    '1.25× 250 WPM'
    """
    return f"{wpm / NORMAL_WPM:.2f}× {wpm:.0f} WPM"


def checked(wpm: float) -> float:
    """The wish, if it is one that can be meant.

    Raises:
        UsageError: outside 100 to 550 words a minute.
    """
    if MIN_WPM <= wpm <= MAX_WPM:
        return wpm
    raise UsageError(
        f"a speed of {wpm:g} words a minute cannot be followed or made",
        subject=f"{wpm:g} WPM",
        hint=f"choose between {label(MIN_WPM)} and {label(MAX_WPM)}; usual is {label(NORMAL_WPM)}",
    )


def rate_for(wish: float, natural_wpm: float) -> float:
    """The factor from a recording's own speed to the wish, as near as it can be reached."""
    return min(MAX_RATE, max(MIN_RATE, wish / natural_wpm))


def natural_wpm(words: float, lengths: Sequence[int], pauses: Sequence[float], rate: int) -> float:
    """Words a minute of a recording before any change. ``lengths`` in samples at ``rate`` Hz,
    ``pauses`` in seconds, one an utterance; the last pause is the edge and does not count."""
    return words * 60 * rate / sum(s.length + s.pause for s in _natural(lengths, pauses, rate))


def held_back(densities: Sequence[float]) -> tuple[float, ...]:
    """How much more time than an even change of pace would give each utterance.

    ``densities`` say how much is said for each written word (`Utterance.density`). A sentence
    denser than the recording's usual one is held back in proportion, by 15 % at most, and the
    others pay for it. Where all are dense, none is.

    >>> held_back([1.0, 1.0, 1.1, 3.0])
    (1.0, 1.0, 1.0476190476190477, 1.15)
    """
    if not densities:
        return ()
    usual = statistics.median(densities)
    return tuple(min(MOST_HELD_BACK, max(1.0, density / usual)) for density in densities)


def lay_out(
    lengths: Sequence[int],
    pauses: Sequence[float],
    sample_rate: int,
    rate: float = 1.0,
    densities: Sequence[float] = (),
) -> tuple[Slot, ...]:
    """Where every utterance goes when the whole takes exactly 1 / ``rate`` of its natural length.

    ``lengths`` are samples of speech at natural rate, ``pauses`` the seconds after each. Pauses
    shrink by the square root of the rate, not below their floors, and speech pays the rest; the
    total is exact to the sample. Boundaries are rounded once, from the sum, so nothing drifts.
    When it goes faster, sentences full of numbers go a little less fast (`held_back`).
    """
    natural = _natural(lengths, pauses, sample_rate)
    if rate == 1.0 or not natural:
        return natural
    total = round(sum(s.length + s.pause for s in natural) / rate)
    speech = sum(s.length for s in natural)
    shrunk = [round(_paced_pause(s.pause / sample_rate, rate) * sample_rate) for s in natural]
    room = max(0, total - math.ceil(speech / _HARDEST_SPEECH_RATE))
    if sum(shrunk) > room:
        give = room / sum(shrunk)
        shrunk = [int(pause * give) for pause in shrunk]
    shares = [s.length for s in natural]
    if densities and rate > 1.0:
        weights = held_back(densities)
        shares = [round(x * w * _FINE) for x, w in zip(shares, weights, strict=True)]
    return _place(shares, shrunk, total - sum(shrunk))


class Flow:
    """Gives utterances their places one by one, while nobody knows what follows.

    The whole comes to 1 / ``rate`` of its natural length, as with `lay_out`. But where a short
    sentence cannot pay for its own long pause, those after it do, 25 % harder at most: so the
    last few may end a little late.

    >>> flow = Flow(24_000, 2.0)
    >>> flow.place(96_000, 0.40), flow.place(96_000, 0.0)
    (Slot(start=0, length=46012, pause=6788), Slot(start=52800, length=48000, pause=0))
    """

    def __init__(self, sample_rate: int, rate: float) -> None:
        self._sample_rate, self._rate = sample_rate, rate
        self._natural = self._placed = 0  # samples so far

    def place(self, length: int, pause: float) -> Slot:
        """The next utterance's slot. ``length`` in samples and ``pause`` in seconds, at natural
        rate; the last pause of a recording is 0."""
        self._natural += length + round(pause * self._sample_rate)
        paused = round(_paced_pause(pause, self._rate) * self._sample_rate)
        wish = self._natural / self._rate - self._placed - paused
        even = length / self._rate
        given = round(min(max(wish, even / _MOST_PRESSED), even * _MOST_PRESSED))
        slot = Slot(self._placed, given, paused)
        self._placed += given + paused
        return slot


def _natural(lengths: Sequence[int], pauses: Sequence[float], rate: int) -> tuple[Slot, ...]:
    in_samples = [round(p * rate) for p in pauses]
    if in_samples:
        in_samples[-1] = 0  # the recording ends with its last word
    return _place(lengths, in_samples, sum(lengths))


def _place(lengths: Sequence[int], pauses: Sequence[int], speech_total: int) -> tuple[Slot, ...]:
    """Slots for speech of these relative lengths that takes ``speech_total`` samples in all."""
    natural_total = sum(lengths)
    slots: list[Slot] = []
    spoken = spoken_natural = paused = 0
    for length, pause in zip(lengths, pauses, strict=True):
        spoken_natural += length
        # In integers throughout: a float would lose the last samples of a long book.
        end = spoken_natural * speech_total // natural_total if natural_total else 0
        slots.append(Slot(spoken + paused, end - spoken, pause))
        spoken, paused = end, paused + pause
    return tuple(slots)


def _paced_pause(pause: float, rate: float) -> float:
    floor = PARAGRAPH_FLOOR if pause >= PARAGRAPH_PAUSE else SENTENCE_FLOOR
    return max(pause / math.sqrt(rate), min(pause, floor))
