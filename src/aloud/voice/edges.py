"""Edges: the silence an engine puts before and after an utterance, which is not its to choose."""

from dataclasses import replace

import numpy as np

from aloud.speech import Speech, TokenTiming

# 50 dB below full scale: under the noise of any voice here, above the tail of its filters.
_SILENT = 10 ** (-50 / 20)
_MARGIN = 0.005  # seconds kept on either side, so that no soft onset is cut into


def without_edges(speech: Speech) -> Speech:
    """The same speech from its first to its last sound. Pauses belong to the script alone."""
    loud = np.flatnonzero(np.abs(speech.samples) > _SILENT)
    if not len(loud):
        return speech
    margin = round(_MARGIN * speech.sample_rate)
    first = max(0, int(loud[0]) - margin)
    last = min(len(speech.samples), int(loud[-1]) + 1 + margin)
    samples = speech.samples[first:last]
    shift, end = first / speech.sample_rate, len(samples) / speech.sample_rate

    def moved(t: TokenTiming) -> TokenTiming:
        start = min(max(0.0, t.start - shift), end)
        return replace(t, start=start, end=min(max(start, t.end - shift), end))

    return replace(speech, samples=samples, timings=tuple(moved(t) for t in speech.timings))
