"""Furniture: the lines a page puts around its article, which must never be spoken.

Whole lines only: "Advertisement" alone is furniture, "the advertisement ran for a week" is news.
A line that could be either ("Fast", "Play") is furniture only in a run with one that could not.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from aloud.article import words

_NUMBER = r"\d{1,3}(?:[.,]\d{3})*"
_TIME = r"\d{1,2}:\d{2}(?::\d{2})?"
_MINUTES = r"(?:min(?:ute)?s?|mins?|minuten?|minutos?|minuti|мин(?:ут[аы]?)?)\.?"
_PHOTO = (
    r"photo(?:graph)?s?|pictures?|images?|illustrations?|credits?|foto|bild|crédit|graphics?|file"
)
_SITES = (
    r"facebook|twitter|x|whats ?app|linked ?in|pinterest|reddit|telegram|messenger|instagram|"
    r"threads|bluesky|mastodon|flipboard|e-?mail|tumblr|youtube|tiktok|weibo|line|wechat"
)

# Rule name -> what its lines look like once `_bare` has made them plain. Each is matched against
# a whole line. Generous in wording, strict in length: news prose must not fit by accident.
_RULES = {
    "advertisement": (
        r"advert(?:isement|isements|ising|s)?\.?",
        r"ads?",
        r"(?:advertisement|ad)\s*[-–—:|,.(]*\s*(?:scroll|continue|skip|story|article|close|"
        r"feedback).{0,50}",
        r"(?:story|article|text|report) continues (?:below|after).{0,40}",
        r"(?:continue reading|scroll (?:down )?to continue|scroll (?:down )?for more).{0,40}",
        r"(?:keep|continue) (?:reading|scrolling).{0,30}(?:ad|advertisement|advert)",
        r"(?:sponsored|promoted|paid|partner|branded)(?: (?:by .{1,40}|content|post|links?|"
        r"stories|story|message))?",
        r"paid for by .{1,40}|presented by .{1,40}|in partnership with .{1,40}|powered by .{1,30}",
        r"(?:skip|close|report|hide|remove) (?:this )?(?:ad|ads|advert|advertisement)",
        r"(?:why am i seeing|about) (?:this|these) ads?|ad choices|adchoices|advertise with us",
        r"anzeige|werbung|publicité|publicidad|pubblicità|publicidade|advertentie|annonse?|"
        r"reklam[ae]?",
        r"реклама|广告|廣告|広告|광고|إعلان",
        r"(?:advert(?:isement)?|anzeige|werbung|publicité|реклама|广告)\s*[:：]\s*\S+(?: \S+){0,9}",
    ),
    "reading-time": (
        rf"(?:estimated )?(?:read(?:ing)?|listening) ?time\s*:?\s*(?:about |"
        rf"approx\.? )?[\d.]+\s*{_MINUTES}(?:\s*read)?",
        rf"[\d.]+\s*-?\s*{_MINUTES}\s*-?\s*(?:read|to read|reading time|de lecture|de lectura|"
        rf"di lettura|de leitura|lesezeit|чтения)",
        rf"(?:lesezeit|lesedauer|temps de lecture|tiempo de lectura|tempo di lettura|"
        rf"tempo de leitura|leestijd|время чтения)\s*:?\s*(?:ca\.? )?[\d.]+\s*{_MINUTES}",
        rf"(?:read|listen|watch)\s*[:·•|]?\s*[\d.]+\s*{_MINUTES}",
        r"(?:阅读时间|閱讀時間|読了時間|预计阅读|مدة القراءة|وقت القراءة).{0,16}",
    ),
    "trust-line": (
        r"why (?:you (?:can|should)|readers (?:can|should)|to) trust \S+(?: \S+){0,4}\??",
        r"why (?:should you )?trust (?:us|our (?:\w+ ?){1,3})\??",
        r"(?:our|read our|see our) (?:editorial|ethics|corrections|journalism|fact.check\w*) "
        r"(?:standards?|polic(?:y|ies)|principles|guidelines|process|code)(?: (?:here|page))?",
        r"how we (?:report|check|verify) (?:our )?(?:stories|facts|news)",
    ),
    "comment-count": (
        rf"{_NUMBER}\s*(?:comments?|replies|responses|kommentare?|commentaires?|comentarios?|"
        rf"commenti|reacties|комментари\w*)(?: so far)?|"
        r"(?:comments?|💬)\s*[:(]?\s*\d[\d.,]*k?\)?|\d[\d.,]*k comments?|"
        r"\d[\d,.]*\s*(?:条|條|則|则)(?:评论|評論|留言)|(?:评论|評論|留言|コメント)\s*[(（:：]?\s*\d+\s*[)）件]?|"
        r"\d+\s*(?:تعليقات?|تعليقًا)",
        r"(?:please )?(?:log|sign) ?in (?:or (?:register|sign up) )?to (?:leave a )?"
        r"(?:comment|reply)",
        rf"(?:comments?|kommentare|commentaires|comentarios|комментарии)\s*[:(]?\s*{_NUMBER}\s*\)?",
        r"(?:no comments?(?: yet)?|(?:leave|add|post|write) (?:a|your) (?:comment|reply)|"
        r"comments? (?:are )?closed)",
        r"(?:view|show|see|read|load|hide|join)(?: all| the| more)*(?: \d+)? (?:comments?|"
        r"conversation|discussion)",
        r"be the first to comment|start the conversation|"
        r"what do you think\? .{0,40}comments?.{0,30}",
    ),
    "newsletter": (
        r"(?:sign up|subscribe|register|join)(?: (?:now|today|here|free|for free))?!?",
        r"newsletters?|(?:our|free|daily|weekly|morning|evening) newsletters?",
        r"(?:please )?(?:sign up|subscribe|get|receive|join|enter|want|register|"
        r"delivered)\b[^“”\"]{0,150}\b"
        r"(?:newsletters?|inbox|mailing list|e-?mail (?:address|alerts?|updates?)|"
        r"daily briefing)\b[^“”\"]{0,60}",
        r"(?:enter |your )*e-?mail address|(?:i agree|by (?:signing up|subscribing|clicking|"
        r"entering))\b.{0,200}",
        r"already (?:a subscriber|subscribed|a member)\?.{0,30}|subscribe to (?:read|continue|"
        r"unlock|our|the).{0,60}",
        r"(?:jetzt )?(?:unseren |den )?newsletter (?:.{0,20} )?(?:abonnieren|bestellen)|"
        r"(?:abonnez-vous|inscrivez-vous|s'abonner|s'inscrire) à (?:la|notre|nos|une) "
        r"newsletters?.{0,60}|"
        r"(?:suscríbete|suscríbase) (?:a|al) (?:la|nuestra|nuestro|boletín).{0,50}|"
        r"iscriviti alla (?:nostra )?newsletter.{0,40}|подпи(?:шитесь|саться) на .{1,60}|"
        r"(?:立即|免费|点击)?订阅(?:(?:我们|本刊|本报|新闻|电子|邮件|更新|频道|通讯|每日|《)[^。，]{0,16})?",
        r"thanks? (?:you )?for (?:signing up|subscribing).{0,60}",
    ),
    "related": (
        r"(?:read|see|watch|view|learn|find out|show|load) (?:more|next|all)(?: (?:here|now|"
        r"stories|articles|news|posts))?",
        r"(?:read|see) also|also read|up next|read next|what to read next|next (?:story|article|"
        r"up)|previous (?:story|article)",
        r"related(?: (?:articles?|stor(?:y|ies)|content|news|topics?|posts?|links?|coverage|"
        r"reading|videos?|stories & links))?",
        r"recommended(?: (?:for you|stories|articles|reading|videos?))?|you (?:may|"
        r"might) (?:also )?(?:like|be interested in)",
        r"more (?:on|from|about) (?:this|the|our) (?:story|topic|author|section|series)|"
        r"more (?:stories|news|coverage|like this)",
        r"most (?:read|popular|viewed|shared|commented)|trending(?: (?:now|stories|topics))?|"
        r"editor'?s'? picks?|top stories|popular (?:now|posts|stories)|don'?t miss|"
        r"further reading|latest (?:news|stories|articles|posts|headlines)",
        r"(?:read more|read next|also read|read also|see also|related(?: \w+)?|recommended|"
        r"more from [^:]{1,30}|don'?t miss|must read|in case you missed it|lesen sie auch|"
        r"mehr zum thema|lire aussi|à lire aussi|lea también|leggi anche|leia (?:também|mais)|"
        r"lees ook|читайте также|延伸阅读)\s*[:|>»–—-]+\s*.{1,160}",
        r"(?:相关阅读|相關閱讀|延伸阅读|延伸閱讀|相关新闻|推荐阅读|関連記事)(?:\s*[:：|].{0,160})?",
        r"اقرأ (?:أيضا|أيضًا|المزيد).{0,160}",
        r"list \d{1,2} of \d{1,2}|end of list",
        r"more (?:from|in|on) (?:the )?(?:news|sports?|business|opinion|politics|world|culture|"
        r"life(?:style)?|tech(?:nology)?|science|health|travel|entertainment|money|arts)",
        r"mehr zum thema|lire aussi|à lire aussi|lea también|leggi anche|leia também|lees ook|"
        r"читайте также|相关阅读|延伸阅读|相关新闻",
    ),
    "share": (
        r"share|share (?:this|on|via|with|it|article|story)\b.{0,50}|tweet(?: this)?|"
        r"copy (?:link|url|the link)|link copied!?|"
        r"(?:click to )?(?:share|post|tweet|print|pin|e-?mail) (?:this|on|to|via) .{1,40}|"
        r"save (?:article|story|for later|this)|gift this article",
        rf"(?:follow|find|like|join) (?:us|me|\S+(?: \S+)?) (?:on|in) (?:{_SITES})\b.{{0,40}}|"
        rf"follow us",
        r"(?:teilen|partager|compartir|condividi|compartilhar|delen|поделиться|分享|シェア)",
        r"add (?:us )?as (?:a )?preferred source(?: on google)?|make us (?:a )?preferred.{0,40}",
    ),
    "photo-credit": (
        rf"(?:{_PHOTO})(?: credits?| courtesy(?: of)?)?\s*(?::|/| by )\s*"
        r"[^\s,]+(?: [^\s,]+){0,8}(?<!\.)",
        rf"(?:{_PHOTO}) courtesy(?: of)? .{{1,60}}",
        r"(?:getty images?|shutterstock|istock(?:photo)?|unsplash|pexels|alamy|afp|epa|reuters|"
        r"ap photo)(?: ?/ ?.{1,40})?",
        r"\S+(?: \S+){0,3} ?(?:/|via) ?(?:getty images?|shutterstock|istock|unsplash|pexels|"
        r"alamy|afp|epa(?:-efe)?|reuters|ap(?: photo)?|pa wire|bloomberg|xinhua)(?: .{1,30})?",
        r"(?:open|view|enlarge|expand|click to enlarge)(?: this)? (?:image|photo|picture|gallery|"
        r"full.?size)(?: in (?:gallery|fullscreen|full screen|modal))?",
    ),
    "copyright": (
        r"(?:copyright|©|\(c\)|copyright ©).{0,160}",
        r"(?:.{0,60}\W)?all rights reserved.{0,120}",
        r"this (?:material|content|article|story) may not be (?:published|reproduced|broadcast|"
        r"reprinted|rewritten).{0,160}",
        r"(?:.{0,60} )?(?:uses cookies|cookie (?:policy|settings|preferences)|privacy policy|"
        r"terms (?:of (?:use|service)|and conditions|& conditions))(?: .{0,40})?",
    ),
    "navigation": (
        r"skip (?:to|past) (?:main |the |article )?(?:content|navigation|menu|newsletter.{0,20})|"
        r"back to top|to the top|jump to (?:content|navigation|section)s?|go to (?:homepage|top)",
        r"(?:open|close|toggle|main|show|hide) (?:the )?(?:menu|navigation|search|sidebar)|"
        r"sign in|log ?in|my account|create (?:an )?account|table of contents",
        r"(?:back|return) to (?:home|homepage|all (?:news|posts|articles)|news|the news|blog)|"
        r"(?:about|contact) us|contact|"
        r"(?:get|download|install|open) (?:the|our) (?:\S+ ){0,2}app(?: now| today)?|"
        r"view all|see all|previous post|next post|all (?:news|posts|articles)",
        r"(?:please )?(?:enable|turn on|activate) (?:javascript|cookies)\b.{0,100}|"
        r".{0,60}(?:requires|needs) javascript.{0,60}|javascript is (?:disabled|required).{0,80}|"
        r"you need to enable javascript.{0,80}",
    ),
    "date": (
        r"(?:publié|mise? à jour|veröffentlicht|aktualisiert|publicado|actualizado|pubblicato) "
        r"(?:le|am|el|il|à|em) .{0,12}\d{1,2}.{1,16}\d{4}.{0,16}",
    ),
    "notice": (
        r"this (?:article|story|page|post) is (?:more than |over )?(?:\d+|an?) "
        r"(?:days?|months?|years?) old",
    ),
    "player": (
        r"listen|slow[ ,/|·-]+(?:average|normal|medium)[ ,/|·-]+fast|"
        r"(?:voice|narrator|speed)\s*:\s*[\w.×]+(?: \([\w -]+\))?",
        r"(?:select|choose|change|pick) (?:a |the |your )?(?:voice|narrator|reader)s?",
        r"(?:choose|select|set|change|adjust) (?:a |the |your )?(?:listening|playback|reading|"
        r"audio) ?speed",
        r"(?:listening|playback|audio) (?:speed|rate)",
        r"get through (?:articles|stories|news) .{0,12}faster",
        r"(?:listen to|hear|play|listen|now playing|you are listening to)(?: to)? (?:this |"
        r"the )?(?:article|story|post|audio(?: version)?|full article|page|news)(?: now| here|"
        r" instead)?(?:\s*[·•|:(–-]?\s*(?:\d+ ?min(?:ute)?s?|" + _TIME + r")\)?)?",
        r"audio (?:version|narration|article)(?: of this (?:article|story))?|read aloud|"
        r"text to speech|(?:this )?(?:audio|voice|narration) (?:is|was) (?:ai|auto|automatically|"
        r"computer)[ -]?generated.{0,60}",
        r"(?:ai|computer|auto)[ -]?(?:generated|narrated)(?: (?:audio|voice|narration))?",
        r"your browser does not support (?:the |html5 )?(?:audio|video).{0,40}|this (?:video|"
        r"audio) (?:is|can)(?:not|n't) .{0,60}",
        rf"\d{{2,3}} ?(?:wpm|words (?:per|a) minute)|{_TIME} ?/ ?-?{_TIME}|"
        rf"[\d.]+ ?[x×] ?(?:speed|wpm|[-–·,(]? ?\d{{2,3}} ?wpm\)?)",
        r"(?:volume|playback speed|seek|progress) ?\d+ ?%|(?:skip|rewind|forward|"
        r"back) \d+ sec(?:ond)?s",
    ),
}  # fmt: skip

# Words that stand alone in news too (a list's item, a table's cell, a section's heading).
_AMBIGUOUS = {
    "player": r"slow(?:er)?|average|normal|medium|fast(?:er)?|very (?:slow|fast)|[\d.]+ ?[x×]|"
    r"[x×] ?[\d.]+|play|pause|stop|"
    r"mute|unmute|volume|speed|rate|voice|voices|male|female|default|loading|audio|listen|"
    rf"download|settings|resume|replay|-?{_TIME}|\d+ ?%|live|seek|transcript|\d+ ?(?:mins?|"
    rf"minutes?)",
    "newsletter": r"(?:your )?(?:e-?mail|name|first name|last name|country)|submit|ok|go|done|"
    r"no,? thanks|not now|maybe later|thank you!?|close",
    "share": rf"{_SITES}|print|save|bookmark|like|link|more|comments?|messages?|gift|e-?mail this",
    "navigation": r"home|menu|search|next|previous|close|back|more|subscribe|topics?|sections?|"
    r"tags?",
}
# Rules that need the capitals. A caption and a byline are shown, not removed.
_PERSON = r"[A-ZÀ-Þ][\w'’.-]*"
_NAMES = rf"{_PERSON}(?:(?:,|,? and| in)? {_PERSON}){{1,12}}"
_CASED = {
    # A capital cry before a title; "READ MORE BOOKS" is all a cry, and "Read more books" advice.
    "related": re.compile(
        r"(?:READ MORE|READ ALSO|ALSO READ|SEE ALSO|READ NEXT|WATCH|MORE)\s*[:|>-]?\s+"
        r"(?=.*[a-z])[A-Z“\"‘'\d].{10,150}(?<![.!?])"
    ),
    "caption": re.compile(
        r"[Ii]mage caption\s*[:,]\s*\S.{2,280}|"
        r".{8,260}[.!?”\"]\s+(?:Photo(?:graph)?|Picture|Image|Foto|Photo credit)s?\s*(?::| by)\s*"
        r"[A-Z][\w'’.&-]*(?:[ /,]+[\w'’.&-]+){0,6}(?<!\.)"
    ),
    "byline": re.compile(
        r"(?:With a|A)dditional reporting (?:by|from) [A-Z].{1,160}|"
        r"With reporting by [A-Z].{1,120}|"
        rf"(?:Reporting|Writing|Editing|Compiled|Translated) by {_NAMES}"
        rf"(?:[;,.]? ?(?:[Ww]riting|[Ee]diting|[Rr]eporting) by {_NAMES}){{0,2}}\.?"
    ),
}  # fmt: skip
SHOWN = frozenset(("caption", "byline"))  # what these rules take out is shown beside the article
_COMPILED = {rule: re.compile("|".join(f"(?:{p})" for p in ps)) for rule, ps in _RULES.items()}
_WEAK = {rule: re.compile(pattern) for rule, pattern in _AMBIGUOUS.items()}
# What a page hangs before and after its labels: bullets, arrows, stars, ellipses, brackets.
_EDGES = " \t\n•·●▪◦*|>‹›«»→←▶►▼▲■□…-–—_~=+#[]"
_RATE = re.compile(r"\d(?:[.,]\d{1,2})? ?[x×]")
_SENTENCE = re.compile(r"\S+(?: \S+){4,}[.!?…][\"'”’»)\]]*$|[。！？][”’」』）]*$")
# Labels that lists of titles stand below; a lone "Read more" may be a button.
_LABEL = re.compile(
    r"(?:read|see) also|also read|up next|read next|what to read next|related(?: \w+)?|"
    r"recommended(?: .{1,20})?|most (?:read|popular|viewed|shared|commented)|top stories|"
    r"trending(?: .{1,10})?|editor'?s'? picks?|latest (?:news|stories|articles|headlines)|"
    r"more (?:from|in|on) .{1,30}|more (?:stories|news|coverage)|you (?:may|might) .{1,30}|"
    r"list 1 of \d+|mehr zum thema|lire aussi|à lire aussi|leggi anche|читайте также"
)
_TITLE_ENDS = re.compile(r"[.!:;,…。！：；][\"'”’»)\]]*$")
_LEAST_TITLE, _LONGEST_TITLE = 4, 110  # words, characters
_LONGEST_WEAK = 24  # characters
_MOST_LABEL = 3  # words
_LONGEST = 320  # characters; beyond, it is a paragraph whatever it begins with


# A page's lines are asked about once among all lines and once among the article's.
@lru_cache(maxsize=4096)
def furniture(text: str) -> str:
    """The rule that takes this line out, or "" for a line that could be the article's.

    >>> furniture("ADVERTISEMENT"), furniture("The advertisement ran for a week.")
    ('advertisement', '')
    """
    return _rule(_bare(text)) or _cased(text)


def in_lines(texts: Sequence[str]) -> list[str]:
    """The rule for each of many lines in order; ambiguous ones are judged by their neighbours."""
    bare = [_bare(text) for text in texts]
    rules = [furniture(text) for text in texts]
    for i in range(_after_prose(texts), len(texts)):
        # A rate below the last sentence is what is left of a player.
        if not rules[i] and _RATE.fullmatch(bare[i]):
            rules[i] = "player"
    for family, pattern in _WEAK.items():
        weak = [
            not rule and len(line) <= _LONGEST_WEAK and bool(pattern.fullmatch(line))
            for rule, line in zip(rules, bare, strict=True)
        ]
        for run in _runs([w or bool(r) for w, r in zip(weak, rules, strict=True)]):
            # Another rule's line (an advertisement) may stand in the run, but does not make it one.
            if any(rules[i] == family for i in run):
                for i in run:
                    rules[i] = rules[i] or family
    for i in range(1, len(rules) - 1):
        # The voice that is chosen has a name of its own: "Select voice", "Emma (UK)", "1x".
        between = rules[i - 1] == rules[i + 1] == "player"
        if between and not rules[i] and bare[i] and _is_label(texts[i]):
            rules[i] = "player"
    return rules


def _after_prose(texts: Sequence[str]) -> int:
    """Behind the last line that reads as a sentence; the end where none does."""
    last = next((i for i in range(len(texts) - 1, -1, -1) if _SENTENCE.search(texts[i])), None)
    return len(texts) if last is None else last + 1


def under_labels(texts: Sequence[str], rules: Sequence[str]) -> list[str]:
    """The rules, and "related" for the titles that stand below such a label, up to the next prose.

    For a text without markup only: on a page, its elements say where such a list ends.
    """
    out, below = list(rules), False
    for i, text in enumerate(texts):
        if rules[i]:
            below = rules[i] == "related" and bool(_LABEL.fullmatch(_bare(text)))
        elif below and _is_title(text):
            out[i] = "related"
        else:
            below = False
    return out


def _is_title(text: str) -> bool:
    """Whether a line could be another article's title, and is no heading of this one."""
    return (
        len(text) <= _LONGEST_TITLE
        and words(text) >= _LEAST_TITLE
        and not _TITLE_ENDS.search(text)
        and not text[0].islower()
        and text[0] not in "-–•*#>"
    )


def _cased(text: str) -> str:
    if len(text) > _LONGEST or "\n" in text:
        return ""
    return next((rule for rule, pattern in _CASED.items() if pattern.fullmatch(text)), "")


def _is_label(text: str) -> bool:
    return len(text.split()) <= _MOST_LABEL and text[-1] not in ".!?…"


def _rule(bare: str) -> str:
    if not bare:
        return ""
    return next((rule for rule, pattern in _COMPILED.items() if pattern.fullmatch(bare)), "")


def _runs(marked: Sequence[bool]) -> Iterable[range]:
    """The stretches of marked lines."""
    start = 0
    for i, mark in enumerate([*marked, False]):
        if not mark:
            if i > start:
                yield range(start, i)
            start = i + 1


def _bare(text: str) -> str:
    """A line as the rules are written: small letters, straight quotes, no ornaments.

    Empty for a line that no rule is about, because it is too long or has several rows.
    """
    if len(text) > _LONGEST or "\n" in text:
        return ""
    text = text.replace("’", "'").replace("\u00a0", " ").casefold()
    return " ".join(text.strip(_EDGES).rstrip(":").strip(_EDGES).split())
