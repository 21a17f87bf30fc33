"""Ranges: RFC 9110 against a model so slow that one can see that it is right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aloud.serve.ranges import Part, part

ETAG = b'"abc"'
MODIFIED = 1_767_225_600  # Thu, 01 Jan 2026 00:00:00 GMT
DATE, EARLIER, LATER = (
    b"Thu, 01 Jan 2026 00:00:00 GMT",
    b"Wed, 31 Dec 2025 23:59:59 GMT",
    b"Thu, 01 Jan 2026 00:00:01 GMT",
)
WHOLE = Part(200, 0, 100)


def asked(size: int = 100, **headers: bytes) -> Part:
    named = {name.replace("_", "-").encode(): value for name, value in headers.items()}
    return part(named, ETAG, MODIFIED, size)


def model(first: int | None, last: int | None, size: int) -> list[int] | None:
    """The places of the bytes to send, one by one; None: the header is not to be followed."""
    if first is None and last is None:
        return None
    if first is None:
        return [place for place in range(size) if size - place <= last]
    if last is not None and last < first:
        return None
    return [place for place in range(size) if first <= place and (last is None or place <= last)]


numbers = st.none() | st.integers(0, 60) | st.integers(0, 10**17)


@given(numbers, numbers, st.integers(0, 50))
def test_a_range_is_the_bytes_that_its_two_numbers_name(first, last, size):
    header = f"bytes={'' if first is None else first}-{'' if last is None else last}"
    got = asked(size, range=header.encode())
    places = model(first, last, size)
    if places is None or (size == 0 and first is None and last):
        assert got == Part(200, 0, size)
    elif not places:
        assert got.status == 416
    else:
        assert got == Part(206, places[0], places[-1] + 1)
        assert places == list(range(got.start, got.end))


@given(st.binary(max_size=40), st.integers(0, 50))
def test_no_header_breaks_it_and_no_answer_leaves_the_file(text, size):
    for header in (text, b"bytes=" + text, b"bytes=" + text.translate(None, b"abcdef\x00")):
        got = asked(size, range=header, if_range=text[:9], if_none_match=text[5:])
        assert got.status in (200, 206, 304, 416)
        assert 0 <= got.start <= got.end <= size


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        (b"bytes=0-1", Part(206, 0, 2)),  # what Apple's players try first
        (b"bytes=0-", Part(206, 0, 100)),
        (b"bytes=-10", Part(206, 90, 100)),
        (b"bytes=-1000", Part(206, 0, 100)),
        (b"bytes=50-1000", Part(206, 50, 100)),
        (b"Bytes=5-6", Part(206, 5, 7)),
        (b"bytes= 5-6 ,", Part(206, 5, 7)),
        (b"bytes=100-", Part(416)),
        (b"bytes=-0", Part(416)),
        (b"bytes=" + b"9" * 5000 + b"-", Part(416)),
        (b"bytes=0-" + b"9" * 5000, Part(206, 0, 100)),
        (b"bytes=0-1,5-6", WHOLE),
        (b"bytes=6-5", WHOLE),
        (b"bytes=-", WHOLE),
        (b"bytes=5", WHOLE),
        (b"bytes=+5-6", WHOLE),
        (b"bytes=0x5-6", WHOLE),
        (b"bytes=\xb2-3", WHOLE),
        (b"bytes", WHOLE),
        (b"", WHOLE),
        (b"items=0-5", WHOLE),
    ],
)
def test_a_range_header_is_followed_or_ignored_or_past_the_end(header, answer):
    assert asked(range=header) == answer


@pytest.mark.parametrize("condition", [ETAG, DATE])
def test_a_range_continues_the_file_it_was_begun_with(condition):
    assert asked(range=b"bytes=5-6", if_range=condition) == Part(206, 5, 7)


@pytest.mark.parametrize("condition", [b'"other"', b'W/"abc"', EARLIER, LATER, b"yesterday", b""])
def test_a_range_of_another_file_is_answered_with_the_whole(condition):
    assert asked(range=b"bytes=5-6", if_range=condition) == WHOLE


@pytest.mark.parametrize("tags", [ETAG, b'W/"abc"', b'"x", "abc"', b"*", b'W/"x",W/"abc"'])
def test_what_is_had_already_is_not_sent_again(tags):
    assert asked(if_none_match=tags, range=b"bytes=0-1").status == 304


@pytest.mark.parametrize("tags", [b'"x"', b"abc", b"", b'"x", "ab c"'])
def test_what_is_not_had_is_sent(tags):
    assert asked(if_none_match=tags, if_modified_since=LATER) == WHOLE


@pytest.mark.parametrize(("date", "status"), [(EARLIER, 200), (DATE, 304), (b"x", 200)])
def test_a_date_asks_whether_it_changed_since(date, status):
    assert asked(if_modified_since=date).status == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"if_match": b'"abc"'}, 200),
        ({"if_match": b'W/"abc"'}, 412),
        ({"if_match": b'"x"', "if_unmodified_since": LATER}, 412),
        ({"if_unmodified_since": EARLIER}, 412),
        ({"if_unmodified_since": DATE}, 200),
    ],
)
def test_a_client_can_insist_on_the_file_it_means(headers, status):
    assert asked(**headers).status == status


def test_a_head_request_has_no_range():
    assert part({b"range": b"bytes=0-1"}, ETAG, MODIFIED, 100, ranged=False) == WHOLE
