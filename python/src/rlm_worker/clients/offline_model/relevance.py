"""How much a text has to do with a question: rare words count most, and a text with more of them gains on all.

Part of the root's REPL code, as are passages.py and quotes.py: Python 3.9, the standard library only.
"""

import math
import re
from collections.abc import Iterable, Mapping

Term = tuple[str, ...]  # one stem, or two that stand next to each other
Counts = Mapping[Term, int]
Weights = dict[Term, float]

SHORT_WORD = 5  # shorter words must start where a word starts
IGNORED = frozenset(
    re.findall(
        r"\w+",
        """
        a an and any are as at be been but by can could did do does for from had has have how i if in into is it its me
        my no not of on or our should so some such than that the their them then there these they this to used using was
        we were what when where which who whose why will with would you your function method class module file code
        context document answer find give tell explain describe name named called please return returns
        """,
    )
)
HEADING = re.compile(r"\s*(?:async def |def |class |[A-Za-z_]\w* *=|#+ |=+ )")


def terms_of(question: str) -> list[Term]:
    """Stems of the question's words, and pairs of neighbouring ones."""
    terms: list[Term] = []
    previous = ""
    for word in re.findall(r"[^\W_]+", question.lower()):
        if word in IGNORED or (len(word) < 3 and not word.isdigit()):
            previous = ""
            continue
        stem = stem_of(word)
        terms.append((stem,))
        if previous:
            terms.append((previous, stem))
        previous = stem
    return list(dict.fromkeys(terms))


def stem_of(word: str) -> str:
    """The word without its English ending, when at least four letters stay."""
    for ending in ("ies", "ing", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def lowered(text: str) -> str:
    """Lower case, each character in its place: a few letters grow when lowered, and stay as they are here."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def offsets(term: Term, low: str) -> list[int]:
    """Where a term occurs in lowered text."""
    if term[0] not in low or term[-1] not in low:  # as in most lines, which need no pattern
        return []
    if len(term) == 2:
        return [m.start() for m in re.finditer(re.escape(term[0]) + r"[^\W_]{0,4}[\W_]{1,3}" + re.escape(term[1]), low)]
    found = [m.start() for m in re.finditer(re.escape(term[0]), low)]
    if len(term[0]) < SHORT_WORD:
        found = [at for at in found if at == 0 or not low[at - 1].isalnum()]
    return found


def counts_in(text: str, terms: Iterable[Term]) -> dict[Term, int]:
    """How often each term occurs, terms that do not left out."""
    low = lowered(text)
    counts = {term: len(offsets(term, low)) for term in terms}
    return {term: count for term, count in counts.items() if count}


def weigh(texts: list[Counts], total: int, terms: list[Term]) -> Weights:
    """How much each term tells (BM25's inverse document frequency): much, when few of ``total`` texts have it."""
    having = {term: sum(term in counts for counts in texts) for term in terms}
    return {term: math.log(1 + (total - n + 0.5) / (n + 0.5)) for term, n in having.items()}


def score(counts: Counts, weights: Weights) -> float:
    """A text's score; further occurrences of a term count less and less."""
    whole = sum(weights.values()) or 1.0
    had = sum(weights[term] for term in counts)
    return sum(weights[term] * n / (n + 1.0) for term, n in counts.items()) * (0.3 + had / whole)


def heading_score(text: str, weights: Weights) -> float:
    """Definitions and headings say what the text below them is about."""
    headings = [line for line in text.split("\n") if HEADING.match(line)]
    return 0.6 * max([0.0] + [sum(weights[term] for term in counts_in(line, weights)) for line in headings])


def name_score(name: str, weights: Weights) -> float:
    """A document named with the question's words is likely about them."""
    words = {stem_of(word) for word in re.findall(r"[^\W_]+", name.lower())}
    return 0.8 * sum(weight for term, weight in weights.items() if len(term) == 1 and term[0] in words)


def trust(name: str, weights: Weights) -> float:
    """Below 1 for tests, which repeat words and seldom explain them; 1 when the question is about tests."""
    is_test = re.search(r"(^|[/_.])tests?([/_.]|$)", name.lower())
    return 0.7 if is_test and ("test",) not in weights else 1.0
