"""Words around a speech verb -> who speaks: names, titles, houses, pronouns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from analystkit.speech.cues import lookup, starters

_CAPITAL = r"[A-Z](?:[\w&-]|\.(?=[A-Z])|['’](?=[A-Z]))*"
_NAME = re.compile(rf"{_CAPITAL}(?:\s+(?:(?:of|for)\s+(?:the\s+)?|&\s+|de\s+|van\s+)?{_CAPITAL})*")
# "Cloud provider Acme", "Larger rivals Acme and Globex": a description before a name
_DESCRIPTION = re.compile(
    r"[A-Z][a-z-]+(?:\s(?!(?:will|would|has|have|had|is|are|was|were|said|says|plans|expects|and|of|to|in|by)\b)[a-z-]+(?<!ed)(?<!ing)){1,2}\s[A-Z]"
)
# Money is laid out in a place; shares, stakes and trust are held in a company.
WHERE = re.compile(
    r"(?<!shares )(?<!stake )(?<!stakes )(?<!holding )(?<!interest )(?<!trust )"
    r"(?:\b[Ii]n|\bnear|\bacross|\boutside|ern)\s+(?:the\s+)?$"
)
# "MUMBAI: ...", "Paris, March 12 (Agency) — The ..."
DATELINE = re.compile(
    r"\s*(?:\([^)\n]{2,30}\)\s?[—–-]{1,2}\s|([A-Z][A-Z .-]+):\s|([A-Z][\w .’'-]{1,30}?)(?:,\s[A-Z][a-z]+)?"
    r"(?:,?\s(?:[A-Z][a-z]+\.?\s\d{1,2}|\d{1,2}\s[A-Z][a-z]+))?(?:\s\([^)\n]{2,30}\))?\s?"
    r"(?:[—–]|\s-{1,2}\s)\s?(?=[A-Z]))"
)
_DESCRIBED = re.compile(r"(?:and )?(?:the|its) (?:[a-z][\w’'-]* ){0,3}[a-z][\w-]+")  # "the utility"
_BASED = re.compile(r"^[A-Z]\w+-(?:based|listed|born|backed|owned|led|headquartered)\b\s*")
_JOINED = re.compile(r"\s*(?:,|,?\s*and)\s*")
_OWNER = re.compile(r"['’]s?\s+$")
PERSON_OF = re.compile(
    r"((?:\S+ ){1,2}\S+(?<!Bank)(?<!Ministry)(?<!Department)(?<!University)(?<!Office)(?<!Board)"
    r"(?<!House)(?<!Court)(?<!Council)(?<!Institute)(?<!Bureau)) of (?:the )?(.+)"
)
_BESIDE = re.compile(r"['’]?s?\s*(?:(?:chief|top|senior|former|lead|equity|credit|tech)\s+)?")
_LINK = re.compile(r"\b(?:at|of|from|with|for|in)\s+(?:the\s+)?$")
_AUXILIARY = re.compile(
    r"(?:\s+(?:has|have|had|also|recently|lately|just|still|previously|later|earlier|already|now|then|are|is|was|were"
    r"|be|been|began|begun|begin|started|start|to|reportedly|continued?|continues|who|repeatedly"
    r"|themselves|publicly|clearly|generally|last|week|month|year|on|may|might|will|would|today"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day))+\s*$"
)
_CLAUSE = re.compile(r"[;:(]\s|\b(?:when|while|after|because|as|but|whereas|since)\s|\s[-–—]\s")
_CLAUSE_MARK = re.compile(r"[.;:,“”\"\n]\s")
_CLAUSE_END = re.compile(r"[.;:,“”\"\n]|\s(?:has|have|said|is|was|will|and)\b")
REACH = 200  # characters between a statement and the words that say whose it is
Context = tuple["Who | None", str]  # who spoke last; the organisation named last


@dataclass(frozen=True)
class Who:
    """Who makes a statement; a field that the text does not fill is empty."""

    speaker: str
    title: str
    affiliation: str
    kind: str
    how: str


def who_after(tail: str, people: dict[str, Who], context: Context) -> Who | None:
    """Read "said ANN LEE, AN ANALYST AT BIG BANK" from the words after the verb."""
    part = re.split(r"[.;:“\"](?:\s|$)|\b(?:that|who|which|in a|on \w+day)\b", tail[:REACH])[0]
    return _parse([piece.strip() for piece in part.split(",")][:3], people, context)


def who_before(lead: str, people: dict[str, Who], context: Context) -> Who | None:
    """Read "ANN LEE, AN ANALYST AT BIG BANK, said" from the words before the verb."""
    part = _AUXILIARY.sub("", " " + lead[-REACH:].rstrip(" ,.")).rstrip(" ,.")
    pieces = [piece.strip() for piece in _CLAUSE.split(part)[-1].split(",")]
    if len(pieces) > 1 and (apposed := _apposed(pieces[-2], pieces[-1])):
        return _parse(apposed, people, context)
    context = (context[0], organisation(lead, people) or context[1])
    return _parse(pieces[-1:], people, context)


def _apposed(one: str, other: str) -> list[str] | None:
    """Return name and description of "Ann Lee, an analyst at X" or "X's chief, Ann Lee"."""
    for name, description in ((one, other), (other, one)):
        bearer, holder = _parse_phrase(name), _parse_phrase(description)
        if not bearer or not holder or not holder.title:
            continue
        nameless = holder.speaker in (holder.affiliation, holder.title)
        described = description is one or re.match(r"[a-z]|.* (?:at|of|from|for|with) ", description)
        if nameless and described and bearer.how == "named" and not bearer.title:
            return [name, description]
        if description is other and bearer.title and description.startswith("led by "):
            return [name]
    return None


def _parse(pieces: list[str], people: dict[str, Who], context: Context) -> Who | None:
    """Return who a noun phrase and its apposition name, or None when they name nobody."""
    pieces = [piece for piece in pieces if piece]
    if not pieces or len(pieces[0].split()) > 14:
        return None
    last, topic = context
    who = _parse_phrase(pieces[0])
    for apposition in pieces[1:]:
        more = _parse_phrase(apposition)
        if who and more and more.title and not who.title and who.how == "named":
            house = more.affiliation or (more.speaker if more.how == "named" else "")
            who = replace(who, title=more.title, kind=more.kind, affiliation=house)
    if who is None and (set(pieces[0].split()) & starters("pronoun")) and last:
        return replace(last, how="pronoun")
    if who and who.how == "named" and not who.title and who.speaker in people:
        return people[who.speaker]
    if who is None and topic and _DESCRIBED.fullmatch(pieces[0]):
        return Who(topic, "", "", "company", "pronoun")
    if who and who.how == "unnamed" and who.kind == "company" and topic:
        return replace(who, speaker=topic, how="pronoun")
    return who


def organisation(text: str, people: dict[str, Who]) -> str:
    """Return the first name of a text that is no person and no place: whom "the company" means."""
    for at, name in names_in(text):
        who = people.get(name)
        if who and who.affiliation:
            return who.affiliation
        owner = re.match(r"['’]s? [A-Z]", text[at + len(name) :])  # "Germany's Acme"
        if not who and not owner and not WHERE.search(text[max(0, at - 20) : at]):
            return name
    return ""


def _parse_phrase(phrase: str) -> Who | None:
    """Read names, title and house from one noun phrase: "Big Bank analyst Ann Lee"."""
    titles, kinds = lookup("titles")
    houses = lookup("names")[1]
    names = list(names_in(phrase))
    spans = [(at, at + len(name)) for at, name in names]  # "General Motors": no title, but a name
    found = [t for t in titles.finditer(phrase) if not any(a <= t.start() and t.end() <= b for a, b in spans)]
    if not found:
        speakers = [(at, name) for at, name in names if not _LINK.search(phrase[:at])]
        if not speakers or not phrase.rstrip().endswith(names[-1][1]):
            return None
        at, speaker = speakers[-1]
        kind = houses.get(speaker.lower(), "company")
        owner = speakers[-2][1] if len(speakers) > 1 and _OWNER.search(phrase[:at]) else ""
        if owner:  # "the Fed's Powell": a person of that house
            kind = houses.get(speaker.lower(), houses.get(owner.lower(), "executive"))
        elif person := PERSON_OF.fullmatch(speaker):  # "Ann Lee of Big House"
            speaker, owner = person.groups()
            kind = houses.get(owner.lower(), "executive")
        else:
            for (first, name), (then, _) in zip(speakers[-2::-1], speakers[:0:-1], strict=True):
                if not _JOINED.fullmatch(phrase[first + len(name) : then]):
                    break
                speaker = f"{name}; {speaker}"
        return Who(speaker, "", owner, kind, "named")
    title = next((t for t in reversed(found) if any(at >= t.end() for at, _ in names)), found[0])
    kind = kinds[title.group().lower()]
    after = [(at, name) for at, name in names if at >= title.end()]
    before = [(name, phrase[at + len(name) : title.start()]) for at, name in names if at < title.start()]
    house = [name for name, gap in before if _BESIDE.fullmatch(gap) and kind != "company"]
    house += [name for at, name in after if _LINK.search(phrase[:at])]
    people = [name for at, name in after if not _LINK.search(phrase[:at])]
    affiliation = house[0] if house else ""
    named = "; ".join(people) or affiliation
    return Who(named or title.group(), title.group(), affiliation, kind, "named" if named else "unnamed")


@cache
def _nameless(opens: bool) -> frozenset[str]:
    """Return the words with a capital that begin no name, where a sentence opens and within it."""
    return starters() if opens else starters() - starters("adjective") - starters("noun")


def names_in(phrase: str) -> Iterator[tuple[int, str]]:
    """Yield the capitalised names of a phrase, without titles and words that open a sentence.

    A title ("Citigroup Analyst Alicia Yap", "finance minister Luc Ferrand") parts two names; the name of a kind of
    firm ("Acme Group") belongs to the name. A capital that only opens a sentence before a name ("Cloud provider
    Acme") makes none.
    """
    titles, kinds = lookup("titles")
    known = lookup("names")[1]
    cuts = [
        title.span()
        for title in titles.finditer(phrase)
        if kinds[title.group().lower()] != "company" and not phrase[title.end() :].startswith(" of ")
    ]
    for match in _NAME.finditer(phrase):
        opens = not phrase[: match.start()].strip('\n "“‘([')
        described = _DESCRIPTION.match(phrase, match.start()) if opens and " " not in match.group() else None
        if described and not any(match.end() <= cut[0] < described.end() for cut in cuts):
            continue
        inside = [cut for cut in cuts if cut[0] < match.end() and match.start() < cut[1]]
        # "Acme Group", "Ministry of Commerce": a name as a whole
        bounds = [(0, match.start()), *inside, (match.end(), 0)]
        for (_, first), (stop, _) in pairwise(bounds):
            name = _BASED.sub("", phrase[first : max(first, stop)].rstrip())
            while name and name.lower() not in known and name.split()[0] in _nameless(opens):
                name = name[len(name.split()[0]) :].lstrip()
            if name := name.lstrip(" &-").removeprefix("of ").removeprefix("for "):
                yield phrase.index(name, first), name


def people_of(text: str) -> dict[str, Who]:
    """Return surnames and names that the text introduces with a title: "CEO Eddie Wu"."""
    titles, kinds = lookup("titles")
    people: dict[str, Who] = {}
    for title in titles.finditer(text):
        begin = max(0, title.start() - 60)
        clause = _CLAUSE_MARK.split(text[begin : title.start()])[-1]
        tail = _CLAUSE_END.split(text[title.end() : title.end() + 60])[0]
        who = _parse_phrase(f"{clause}{title.group()}{tail}")
        if who and who.how == "named" and who.title and who.speaker != who.affiliation:
            known = replace(who, how="known", kind=kinds[who.title.lower()])
            if ";" not in who.speaker and " " in who.speaker:
                for name in (who.speaker, who.speaker.split()[-1]):
                    people.setdefault(name, known)
    return people
