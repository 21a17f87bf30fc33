"""Abbreviations: words whose period does not end a sentence, and words that begin one."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# With a capital and always with a name behind them: their period never ends a sentence.
TITLES = _words(
    """
    mr mrs ms mx dr prof gen maj col lt sgt cpl capt cmdr adm sen rep reps sens gov govs rev hon
    pvt brig fr atty sec pres supt insp det messrs mme mlle ste sr sra srta dra sig dott ing avv mt
    """
)
ALWAYS_TITLES = _words("mr mrs ms dr prof st")  # in whatever case
# Never at the end of a sentence.
BEFORE_A_WORD = _words(
    "approx vs cf viz e.g i.e ca bzw z.b d.h u.a v.a resp dhr mevr p.ej им проф гр стр ул тов "
    "ej bijv inkl zzgl evtl ggf vgl sog просп акад обл"
)
# With a number behind them; otherwise a word like any other ("He said no.").
BEFORE_A_NUMBER = _words(
    """
    apt est abb
    no nos nr num núm n° pp vol vols fig figs art ch chap sec para paras op ver tel ext p pt
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun
    """
)
# With a capital, inside a sentence or at its end; the word behind tells.
STATES = _words(
    """
    ala ariz ark calif colo conn del fla ga ill ind kan ky la md mass mich minn miss mo mont neb
    nev okla ore pa tenn tex vt va wash wis wyo jr sr ft
    """
)
# Inside a sentence or at its end; the word behind tells.
ANYWHERE = _words(
    """
    inc corp co ltd plc llc cos bros assn dept univ etc al esq st ave blvd rd hwy sq v
    ee uu г гг руб млн млрд трлн тыс коп долл др usw mio mrd tsd ecc enz
    """
)
KNOWN = TITLES | BEFORE_A_WORD | BEFORE_A_NUMBER | STATES | ANYWHERE

# With a name behind them, in one language only: elsewhere they are letters or words.
NAMED = {
    "fr": _words("m mm mme mlle mgr dr pr st ste"),
    "it": _words("sig sigg dott ing avv prof on arch"),
    "nl": _words("dhr mevr mw drs ir mr dr prof"),
    "pt": _words("sr sra dr dra prof exmo av"),
    "es": _words("sr sra srta dr dra d ud av avda"),
    "ru": _words("им ул пл пр пер наб см рис"),
    "de": _words("dr prof hr fr st hl"),
}
# Abbreviations of several words, written with a space: one word for whoever says them.
SPACED = (
    "z. B.|d. h.|u. a.|v. a.|z. T.|u. U.|o. ä.|i. d. R.|p. ej.|p. ex.|EE. UU."
    "|т. е.|т. д.|т. п.|т. к.|н. э."
)
DAYS_AND_MONTHS = _words(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june
    july august september october november december mon tue tues wed thu thur thurs fri sat sun
    jan feb mar apr jun jul aug sep sept oct nov dec
    """
)
TIME_ZONES = _words(
    "gmt utc bst est edt cst cdt mst mdt pst pdt et ct mt pt cet hkt jst eastern pacific central"
)

# Words that, with a capital, begin a sentence rather than go on with a name.
STARTERS = _words(
    """
    a about according after again all although also am an and another any are as asked at back be
    because before being both but by can could despite did do does during each earlier either even
    every everyone experts few first for four from further get had has have he her here his how
    however i if in inside instead is it its just last late later let like local long many
    meanwhile moreover more most much my nearly neither never nevertheless next no nobody none nor
    not nothing now of officials on once one only or other others our out outside over people
    perhaps please police prices previously rather recent reporters researchers scientists several
    shares she should since so some someone sometimes soon still stocks such than that the their
    then there therefore these they this those though three through thus to today together
    tomorrow too two under unless until up very was we well were what whatever when where whether
    which while who whoever whose why will with within without would yes yesterday yet you your
    der die das er sie es ein eine und aber im am ich wir le la les il elle ils un une et mais je
    nous el los las una y pero en yo lo gli e ma io o os de het maar ik hij zij
    он она они это но и в на мы я
    """
)
# Names that end with a mark of their own.
WITH_A_MARK = frozenset({"yahoo", "jeopardy"})
# Where "3." is "third": a date goes on after it.
ORDINAL_DOT = _words("de da nb nn no fi cs sk hu pl hr sl sr bs et lv lt is tr")
