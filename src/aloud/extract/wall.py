"""Wall: a page that stands where the article should, asking for a click, a cookie or a proof.

It never judges a long page: an article about such pages has more words than they do.
"""

import re

from aloud.article import Article, Role, words
from aloud.errors import ExtractError

_MOST_WORDS = 150  # of what is kept: consent pages have up to about 120
_FEW_WORDS = 40  # under a title that an article could have as well
_MOST_OF_IT = 0.5  # of the words
_TITLES = (
    r"checking (?:your|the) (?:browser|site connection security).*|attention required!?.*|"
    r"are you (?:a robot|human)\?*|verify(?:ing)? (?:that )?you are (?:a )?human.*|"
    r"(?:we value|your|about) (?:your )?privacy(?: (?:choices|matters|is important.*))?|"
    r"(?:please )?(?:complete the |solve the )?(?:security check|captcha)(?: required)?|"
    r"before you continue(?: to .{1,40})?|(?:error )?403(?: -)? forbidden|"
    r"(?:please )?enable (?:javascript|cookies)(?: and (?:javascript|cookies))?(?: to continue)?|"
    r"pardon our interruption.*|robot check|human verification|bot (?:check|verification)|"
    r"just a moment|one moment,? please|please wait|access (?:to this page has been )?denied|"
    r"forbidden|(?:you have been )?blocked|too many requests|security check|cookies?"
)
_BODY = (
    r"checking (?:if the site connection is secure|your browser)|"
    r"(?:verify|confirm|prove|check)(?:ing)? (?:that )?you(?: a|')re (?:a |not a )?"
    r"(?:human|robot|bot)|"
    r"complete the (?:security check|captcha|challenge)|unusual (?:traffic|activity) from your|"
    r"(?:please )?(?:enable|turn on|allow) (?:javascript|cookies)\b|"
    r"security by cloudflare|\bray id\b|"
    r"you (?:don't|do not) have permission to access|reference #[\da-f.]+|"
    r"(?:your|this) (?:browser|request|connection) (?:has been|was|is) (?:blocked|being checked)|"
    r"we and our (?:\w+ )?(?:partners|vendors)\b|we (?:use|store) cookies|(?:accept|reject) all\b|"
    r"manage (?:your )?(?:cookies?|privacy|consent) (?:choices|settings|preferences|options)|"
    r"your (?:consent|privacy choices)\b|press (?:and|&) hold"
)
_TITLE, _SAID = re.compile(_TITLES), re.compile(_BODY)


def refuse_wall(article: Article) -> None:
    """Returns if the article is one.

    Raises:
        ExtractError: it is a bot check, a consent form or a refusal instead.
    """
    count = words(" ".join(block.text for block in article.kept))
    if count >= _MOST_WORDS:
        return
    heads = [
        _plain(block.text)
        for block in article.kept
        if block.role in (Role.HEADLINE, Role.HEADING) or block is article.kept[0]
    ]
    said = sum(words(b.text) for b in article.kept if _SAID.search(_plain(b.text)))
    titled = (said or count < _FEW_WORDS) and any(_TITLE.fullmatch(head) for head in heads)
    # One line alone may be a sentence of news about such pages.
    if titled or (len(article.kept) > 1 and said > _MOST_OF_IT * count):
        raise ExtractError(
            "this is a page that asks for a click, a cookie or a proof, not the article behind it",
            subject=article.url,
            hint="open the page in a browser, save it, and give aloud the saved file",
        )


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").casefold().strip(" .…:!").split())
