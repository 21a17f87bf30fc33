"""Media: the programs that people listen with, against the real server."""

import asyncio
import hashlib
import http.client
import json
import os
import random
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path

import pytest

from aloud.errors import ShelfError
from aloud.serve.media import CHUNK, Media

SIZE = 1_500_000  # bytes: many chunks, and more than a socket's buffers hold
CONTENT = random.Random(7).randbytes(SIZE)


def shelved(folder: Path, content: bytes = CONTENT, suffix: str = "m4a") -> str:
    name = f"{hashlib.sha256(content).hexdigest()}.{suffix}"
    (folder / name).write_bytes(content)
    return name


@pytest.fixture
def shelf(tmp_path):
    """A folder of recordings, and how often each was looked for."""
    tmp_path.joinpath("shelf").mkdir()
    return tmp_path / "shelf"


@pytest.fixture
def media(shelf):
    made = Media(lambda name: shelf / name)
    yield made
    made.close()


@pytest.fixture
def curl(needs_program, tmp_path):
    program = needs_program("curl")

    def fetch(url, *options, check=True):
        out = tmp_path / "fetched"
        command = [program, "-sS", "-D", "-", "-o", str(out), *options, url]
        done = subprocess.run(command, capture_output=True, text=True, check=check)
        head = done.stdout.replace("\r\n", "\n").strip().split("\n\n")[-1].splitlines()
        headers = dict(line.lower().split(": ", 1) for line in head[1:])
        return int(head[0].split()[1]), headers, out.read_bytes() if out.exists() else b""

    return fetch


def test_curl_gets_the_whole_and_is_told_what_it_is(run, media, shelf, curl):
    name = shelved(shelf)
    status, headers, body = curl(f"{run(media).url}/media/{name}")
    assert (status, body) == (200, CONTENT)
    assert headers["content-type"] == "audio/mp4"
    assert headers["content-length"] == str(SIZE)
    assert headers["etag"] == f'"{name[:64]}"'
    assert headers["accept-ranges"] == "bytes"
    assert headers["cache-control"] == "private, max-age=31536000, immutable"
    assert headers["content-disposition"] == f'inline; filename="aloud-{name[:12]}.m4a"'


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [("0-1", 0, 2), ("1000-66535", 1000, 66536), ("-70000", SIZE - 70000, SIZE),
     ("1400000-", 1_400_000, SIZE), ("5-99999999", 5, SIZE)],
)  # fmt: skip
def test_curl_gets_the_range_it_asks_for(run, media, shelf, curl, wanted, start, end):
    status, headers, body = curl(f"{run(media).url}/media/{shelved(shelf)}", "-r", wanted)
    assert status == 206
    assert headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert headers["content-length"] == str(end - start)
    assert body == CONTENT[start:end]


def test_curl_is_told_where_the_end_is_when_it_asks_past_it(run, media, shelf, curl):
    status, headers, body = curl(f"{run(media).url}/media/{shelved(shelf)}", "-r", f"{SIZE}-")
    assert (status, headers["content-range"]) == (416, f"bytes */{SIZE}")
    assert headers["content-type"] == "application/problem+json"
    assert b"begins after" in body


def test_curl_asks_for_the_head_alone(run, media, shelf, curl):
    url = f"{run(media).url}/media/{shelved(shelf)}"
    status, headers, _ = curl(url, "-I", "-r", "0-1")
    assert (status, headers["content-length"]) == (200, str(SIZE))


def test_curl_goes_on_where_it_was_cut_off(run, media, shelf, curl, tmp_path):
    (tmp_path / "fetched").write_bytes(CONTENT[:777_777])
    status, headers, body = curl(f"{run(media).url}/media/{shelved(shelf)}", "-C", "-")
    assert status == 206
    assert headers["content-range"].startswith("bytes 777777-")
    assert body == CONTENT


def test_curl_begins_anew_when_the_file_is_another(run, media, shelf, curl):
    url = f"{run(media).url}/media/{shelved(shelf)}"
    tag = curl(url, "-I")[1]["etag"]
    assert curl(url, "-r", "5-9", "-H", f"If-Range: {tag}")[0] == 206
    assert curl(url, "-r", "5-9", "-H", 'If-Range: "another"')[0] == 200
    date = formatdate(int((shelf / url[-68:]).stat().st_mtime), usegmt=True)
    assert curl(url, "-r", "5-9", "-H", f"If-Range: {date}")[0] == 206


def test_curl_does_not_get_again_what_it_has(run, media, shelf, curl):
    url = f"{run(media).url}/media/{shelved(shelf)}"
    tag = curl(url, "-I")[1]["etag"]
    status, headers, _ = curl(url, "-H", f"If-None-Match: {tag}")
    assert (status, headers["etag"]) == (304, tag)
    assert "content-length" not in headers


@pytest.mark.slow
def test_ffmpeg_seeks_over_http(run, media, shelf, needs_program, tmp_path):
    """A tone that is another in each second: what is heard says where ffmpeg landed."""
    ffmpeg, made, asked = needs_program("ffmpeg"), tmp_path / "steps.m4a", []
    steps = "aevalsrc=sin(2*PI*(400+20*floor(t))*t):s=22050:d=120"
    command = [ffmpeg, "-v", "error", "-f", "lavfi", "-i", steps, "-b:a", "128k", str(made)]
    subprocess.run(command, check=True)

    async def noting(scope, receive, send):
        asked.append(dict(scope["headers"]).get(b"range"))
        await media(scope, receive, send)

    url = f"{run(noting).url}/media/{shelved(shelf, made.read_bytes())}"
    command = [ffmpeg, "-v", "error", "-ss", "100.3", "-i", url, "-t", "0.5"]
    heard = subprocess.run([*command, "-f", "s16le", "-"], capture_output=True, check=True).stdout
    samples = memoryview(heard).cast("h")[2205:8820].tolist()  # the middle of what was heard
    rises = sum(one < 0 <= other for one, other in pairwise(samples))
    assert rises / (len(samples) / 22050) == pytest.approx(400 + 20 * 100, abs=10)
    assert asked[0] == b"bytes=0-"
    assert len(asked) > 1  # it did not take the whole, but went to the place


def test_a_podcast_app_downloads_in_parts_and_resumes_after_a_dropped_connection(run, media, shelf):
    name, server = shelved(shelf), run(media)

    def request(method, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request(method, f"/media/{name}", headers=headers)
        return connection, connection.getresponse()

    connection, head = request("HEAD")
    length, tag = int(head.headers["Content-Length"]), head.headers["ETag"]
    connection.close()

    def piece(start):
        """A quarter of it, and the first connection is dropped after a tenth of that."""
        quarter = length // 4
        end, got = start + quarter, b""
        for most in (quarter // 10, quarter):
            wanted = f"bytes={start + len(got)}-{end - 1}"
            connection, answer = request("GET", Range=wanted, **{"If-Range": tag})
            assert answer.status == 206
            got += answer.read(min(most, quarter - len(got)))
            connection.close()
        return got

    with ThreadPoolExecutor(4) as pool:
        assert b"".join(pool.map(piece, range(0, length, length // 4))) == CONTENT


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_a_recording_can_only_be_read(ask, media, shelf, method):
    answer = ask(media, f"/media/{shelved(shelf)}", method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "path",
    ["/media/", "/media/x.m4a", f"/media/{'0' * 64}.m4a", f"/media/{'0' * 64}.wav",
     f"/media/{'0' * 64}", "/media/../secret", f"/media/a/{'0' * 64}.m4a", f"/{'0' * 64}.m4a"],
)  # fmt: skip
def test_what_is_no_recording_is_not_found(ask, media, shelf, path):
    (shelf.parent / "secret").write_text("secret", encoding="utf-8")
    answer = ask(media, path)
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_name_of_the_right_shape_is_all_that_is_ever_looked_for(ask):
    asked = []
    media = Media(lambda name: asked.append(name))
    for path in ("/media/../../etc/passwd", f"/media/{'0' * 63}g.m4a", f"/media/{'0' * 64}.m4a\n"):
        assert ask(media, path).status == 404
    assert ask(media, f"/media/{'a' * 64}.mp3").status == 404
    assert asked == ["a" * 64 + ".mp3"]


def test_a_shelf_in_trouble_says_when_to_come_again(ask):
    def find(name):
        raise ShelfError("the store does not answer", subject="s3://secret", hint="wait")

    answer = ask(Media(find), f"/media/{'a' * 64}.mp3")
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert b"secret" not in answer.body


def test_everything_else_is_left_to_the_application(ask, shelf):
    async def other(scope, receive, send):
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    assert ask(Media(lambda name: shelf / name, otherwise=other), "/api/x").status == 299


def test_nothing_of_an_empty_file_is_sent_whole(ask, media, shelf):
    name = shelved(shelf, b"", "mp3")
    assert ask(media, f"/media/{name}").headers["content-length"] == "0"
    assert ask(media, f"/media/{name}", headers={"Range": "bytes=0-"}).status == 416


def test_nginx_sends_what_it_is_told_to(run, shelf, curl, needs_program, tmp_path):
    """The whole way: nginx asks us, we answer with a path, nginx answers with the ranges."""
    nginx = needs_program("nginx", package="nginx-light")
    (shelf / "ab").mkdir()
    name = shelved(shelf / "ab")
    ours = run(Media(lambda name: shelf / "ab" / name, accel="/shelf/"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    tmp_path.chmod(0o755)  # nginx's worker may be somebody else
    user = "user root;" if os.geteuid() == 0 else ""
    paths = " ".join(f"{kind}_temp_path {tmp_path};" for kind in
                     ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))  # fmt: skip
    (tmp_path / "nginx.conf").write_text(
        f"""daemon off; {user} pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}}
        http {{ access_log off; {paths} server {{
            listen 127.0.0.1:{port};
            location / {{ proxy_pass {ours.url}; }}
            location /shelf/ {{ internal; alias {shelf}/; add_header Cache-Control immutable; }}
        }} }}""",
        encoding="utf-8",
    )
    command = [nginx, "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "log")]
    with subprocess.Popen(command) as process:
        try:
            url = f"http://127.0.0.1:{port}/media/{name}"
            status, headers, body = curl(url, "-r", "5-9", "--retry-connrefused", "--retry", "5")
        finally:
            process.terminate()
    assert (status, body) == (206, CONTENT[5:10])
    assert headers["content-type"] == "audio/mp4"
    assert headers["cache-control"] == "immutable"  # the last one: how long is nginx's to say


# Listeners who do not behave.


def test_a_listener_who_leaves_in_the_middle_leaves_nothing_behind(
    run, media, shelf, wait_until, caplog
):
    name, server = shelved(shelf, CONTENT * 20), run(media)
    for _ in range(20):
        with server.connect() as connection:
            connection.sendall(f"GET /media/{name} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert connection.recv(1000)
    wait_until(lambda: not server.server.server_state.tasks)
    (file,) = media.files._files.values()
    assert file.readers == 0
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "WARNING")]


def test_a_slow_listener_holds_one_chunk_and_no_more(media, shelf):
    """Who takes nothing is sent nothing: the second chunk is read when the first has gone."""
    name, sent = shelved(shelf), []

    async def slowly():
        gate = asyncio.Event()

        async def send(message):
            sent.append(len(message.get("body", b"")))
            if len(sent) > 2:
                await gate.wait()

        async def receive():
            await asyncio.Event().wait()

        scope = {"type": "http", "method": "GET", "path": f"/media/{name}", "headers": []}
        answer = asyncio.create_task(media(scope, receive, send))
        while len(sent) < 3:
            await asyncio.sleep(0)
        for _ in range(100):
            await asyncio.sleep(0)
        assert sent == [0, CHUNK, CHUNK]
        gate.set()
        await answer

    asyncio.run(slowly())
    assert sum(sent) == SIZE


def test_a_file_that_becomes_shorter_breaks_the_connection_and_is_not_taken_for_whole(
    run, shelf, caplog
):
    name = shelved(shelf, CONTENT * 20)
    media = Media(lambda name: shelf / name)
    server = run(media)
    with server.connect() as connection:
        connection.sendall(f"GET /media/{name} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        got = connection.recv(1000)
        os.truncate(shelf / name, SIZE)
        while piece := connection.recv(1 << 20):
            got += piece
    assert b"content-length: %d" % (SIZE * 20) in got
    assert len(got) < SIZE * 20
    media.close()


@pytest.mark.slow
def test_two_hundred_listeners_get_the_right_bytes_and_the_server_does_not_grow(needs_program):
    """The bench in small. Seconds and ratios belong to the bench; errors and growth do not."""
    needs_program("nginx", package="nginx-light")
    bench = Path(__file__).parents[3] / "bench" / "media.py"
    done = subprocess.run(
        [sys.executable, bench, "--seconds", "4", "--rounds", "4", "--connections", "200",
         "--json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    figures = json.loads(done.stdout)
    print("beside nginx:", figures["ratio"])
    assert figures["errors"] == 0, done.stderr
    assert figures["requests"] > 200
    assert figures["leaked"] == 0
    assert figures["growth"] < 8.0  # MB
