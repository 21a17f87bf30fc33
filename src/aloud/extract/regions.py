"""Regions: what the class names of a page say about the lines inside them.

Class names are a publisher's own words for the parts of a page, and much the same everywhere.
A name is a witness, not a judge: `select` believes it only of a small part of the page.
"""

import re
from functools import lru_cache

# Rule name -> words as they stand in class and id, cut at - _ and capitals. First match wins.
_NAMES = {
    "key-points": "key-?points?|key-?takeaways?|takeaways|highlights|story-highlights|summary-list|"
    "article-summary-points|bullet-summary|at-a-glance|tl-?dr|"
    "whats-at-stake",
    "standfirst": "stand-?first|dek|deck|sub-?title|sub-?head(line)?|strapline|article-summary|"
    "article-intro|entry-summary|article-description|summary-text|lede",
    "advertisement": "ads?|adverts?|advertisement|advertising|ad-?slot|sponsored|dfp|taboola|"
    "outbrain|promo(tion|tional|box)?|affiliate",
    "newsletter": "newsletters?|sign-?up|subscribe|subscription|mailchimp|email-capture",
    "related": "related|recirc(ulation)?|recommended|recommendations|read-?more|more-stories|"
    "also-like|trending|most-(read|popular)|up-next|more-from|further-reading|readalso",
    "share": "share|sharing|share-?bar|social|sharedaddy|addtoany|addthis|share-?tools",
    "player": "audio-?player|video-?player|player|jwplayer|text-to-speech|tts|listen",
    "comments": "comments?|disqus|comment-list|respond",
    "byline": "by-?lines?|authors?|author-?(bio|box|info|name)|bio|biography|contributors?|"
    "dateline|date-?time|timestamp|published|publish-?date|pub-?date|post-?meta|entry-?meta|"
    "article-?meta|posted-on|reading-time|read-time",
    "caption": "captions?|credits?|photo-?credit|wp-caption-text|image-?caption|media-?caption|"
    "img-?caption|image-?credit",
    "navigation": "nav|navigation|bread-?crumbs?|menu|pagination|pager|tags|tag-?list|topics|toc|"
    "table-of-contents|skip-?link|toolbar",
    "fact-box": "fact-?box|info-?box|explainer|explainer-?box",
    "pull-quote": "pull-?quote",
    "notice": "cookies?|consent|gdpr|pay-?wall|reg-?wall|disclaimer|disclosure|copyright",
    # Last: it is a witness for one line only, where a page has no h1.
    "headline": "headline|(article|story|post|entry)-?(title|headline)",
}
_PATTERNS = tuple(
    (rule, re.compile(rf"(?:^|[ _-])(?:{names})(?:$|[ _-])")) for rule, names in _NAMES.items()
)
_TAGS = {
    "nav": "navigation",
    "footer": "navigation",
    "form": "form",
    "button": "button",
    "figcaption": "caption",
    "label": "form",
}
_LISTED = re.compile(r"(?:^|\s)(?:(?:\w+-)*summary|bullets|summary-bullets)(?:$|\s)")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=4096)
def region(tag: str, names: str) -> str:
    """The rule that an element's tag, or else its class and id, calls for; "" for none.

    >>> region("div", "c-NewsletterBox wide"), region("div", "wide"), region("nav", "")
    ('newsletter', '', 'navigation')
    """
    if tag in _TAGS:
        return _TAGS[tag]
    if not names:
        return ""
    if tag in ("ul", "ol") and _LISTED.search(names):
        return "key-points"
    cut = _CAMEL.sub("-", names).lower()
    return next((rule for rule, pattern in _PATTERNS if pattern.search(cut)), "")
