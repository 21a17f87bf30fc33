"""The API keeps to its own description, whatever is sent: by schemathesis, which reads it."""

import subprocess
import sys
from pathlib import Path

import pytest

from aloud.serve import routes

LIVE = "/api/articles/{id}/live/{revision}/{engine}/{name}/{run}"
# What is refused though it is well formed. No schema says which names lead to a host, which files
# are articles, which cursors a list gave out, which revision is the newest, how long a block is,
# what a word is, or who speaks which language.
MEANT_NOTHING = {
    "GET /api/articles": ["422"],
    "POST /api/articles": ["415", "422"],
    "POST /api/feeds": ["422"],
    "POST /api/feeds/opml": ["422"],
    "POST /api/lexicon": ["422"],
    "PUT /api/articles/{id}/place": ["422"],
    "PUT /api/lexicon/{id}": ["422"],
    "PATCH /api/preferences": ["422"],
    "PUT /api/preferences": ["422"],
    "POST /v1/audio/speech": ["400"],
    f"GET {LIVE}/init.mp4": ["410"],
    f"GET {LIVE}/{{n}}.m4s": ["410"],
    f"GET {LIVE}/{{n}}.json": ["410"],
}
USUAL = ["2xx", "401", "403", "404", "409", "429"]
STORY = "It rained for a week.\n\nAdvertisement\n\nThen the river came, and nobody was surprised."


@pytest.fixture(scope="module", autouse=True)
def no_limit():
    """As many articles as it likes: what is refused for being too many proves nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(routes, "BURST", 10**9)
        yield


@pytest.fixture(scope="module", params=["any article", "an article that is there"])
def config(request, served, tmp_path_factory):
    """Left alone schemathesis asks for articles that nobody has; so half of the time it is told
    of one, and may do anything with it but remove it."""
    known = {}
    if request.param != "any article":
        article = served.narrated(served.post(text=STORY)["id"])
        block = article["reading"]["blocks"][1]["id"]
        known = {"id": article["id"], "block": block}
    lines = []
    for path, methods in served.http.get("/openapi.json").json()["paths"].items():
        for method in methods:
            name = f"{method.upper()} {path}"
            statuses = [*USUAL, *MEANT_NOTHING.get(name, [])]
            lines += ["[[operations]]", f'include-name = "{name}"']
            # It would take back the token that it shows, and get nothing but 401 from then on.
            last = ["DELETE /api/tokens/{id}"] + ["DELETE /api/articles/{id}"] * bool(known)
            if name in last:
                lines += ["enabled = false"]
            elif path.startswith("/api/articles/{id}"):
                given = [f'{field} = "{value}"' for field, value in known.items()]
                mine = ", ".join(each for each in given if f"{{{each.split()[0]}}}" in path)
                lines += [f"parameters = {{ {mine} }}"]
            lines += ["[operations.checks.positive_data_acceptance]"]
            lines += [f"expected-statuses = {statuses}"]
            if known and path.startswith(LIVE):
                # It takes the id for a wrong one that it had drawn before it was told of ours.
                lines += ["[operations.checks.negative_data_rejection]"]
                lines += ['expected-statuses = ["2xx", "4xx"]']
    file = tmp_path_factory.mktemp("schemathesis") / "schemathesis.toml"
    file.write_text("\n".join(lines))
    return file


def run(served, config, seed, seconds, examples):
    """Sends anything for so long; its status is not 0 if schemathesis found something."""
    return subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            "--config-file", str(config), "run", f"{served.url}/openapi.json",
            "--checks", "all", "--seed", str(seed),
            "--header", f"Authorization: Bearer {served.token}",
            "--max-time", str(seconds), "-n", str(examples), "--no-color",
        ],
        cwd=config.parent, stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_ten_seconds_of_anything_find_nothing_undescribed(served, config, seed):
    done = run(served, config, seed, seconds=10, examples=5)
    assert done.returncode == 0, done.stdout


@pytest.mark.proof
@pytest.mark.parametrize("half", [0, 1])  # a test of five minutes counts as one that hangs
def test_ten_minutes_of_anything_find_nothing_undescribed(served, config, seed, half):
    done = run(served, config, seed + half, seconds=100, examples=200)
    assert done.returncode == 0, done.stdout
