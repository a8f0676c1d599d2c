"""Search whatever a student can get for anything that only instructors may see."""

import base64
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from itband_course.grading.bank import Bank
from itband_course.kinds.order import OrderRubric
from itband_course.kinds.plan import PlanRubric
from itband_course.questions import notes_of, samples

VERDICTS = "right|accepted|neutral|danger|required|optional|unsafe|must|discriminates|irritates"
# It begins with the choice itself and not with the quotation mark before it: a search for plain letters is quick.
KEY_PATTERN = r"""(?P<choice>{choice})(?<=["']{choice})\\*["']\s*[:,]\s*[^"']{{0,80}}?\\*["'](?:{verdicts})\\*["']"""
NOISE = re.compile(r"""(?:\\+[nrt]|[\s\\"'])+""")
"""What differs between the ways in which one list or table may be written."""
COMMON = {"right", "near", "other", "held", "turned", "used", "left-out", "hands", "who", "once", "whole-card"}
COMMON |= {"forbidden", "there", "missing", "kept", "turned-round", "within", "below", "above", "total", "no-session"}
COMMON |= {
    "left",
    "off",
    "end_feel",
    "felt",
    "says",
    "fits",
    "does-not-fit",
    "none-shown",
    "cannot-say",
    "a-difference",
}
"""Parts of notes' ids that the course's code itself uses beside verdicts."""
ARCHIVES = {".whl", ".zip"}
WORDS = re.compile(rb"(?:[\t\n\r\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}){8,}")
"""What can be read in a file of numbers: a key, the shortest that is searched for, takes more characters."""


def find_leaks(folder: Path, bank: Bank) -> list[str]:
    """Return one sentence for each secret found in a folder, archives unpacked.

    Looks for canaries, for reasons and mark schemes in any of the forms that files hold text in (plain, escaped for
    JSON or HTML, base64, wrapped lines), for a choice id beside its verdict, and for whole right answers that hold more
    than one id: an order, a table of pairs, a set of ticks.

    Parameters
    ----------
    folder : Path
        What a student would get.
    bank : Bank
        Whose secrets to look for.
    """
    canaries = bank.canaries()
    secrets = {form: secret for secret in bank.secrets() for form in _forms(secret)}
    # Each pattern stands beside the plain words that it needs: to look for these first is a hundred times quicker.
    keys, answers = [], []
    for question_id in bank.questions:
        rubric = bank.rubric(question_id)
        named = {part for note in notes_of(rubric) for part in note.choice.split("/")} - COMMON
        keys += [
            (question_id, name, re.compile(KEY_PATTERN.format(choice=re.escape(name), verdicts=VERDICTS)))
            for name in sorted(named)
        ]
        answers += [
            (question_id, parts, _answer_pattern(parts, any_order=not isinstance(rubric, OrderRubric | PlanRubric)))
            for sample in samples(rubric)
            if sample.name == "right" and isinstance(sample.value, list | dict) and len(sample.value) > 1
            for parts in [_parts(sample.value)]
        ]
    leaks = []
    for name, content in _contents(folder):
        text = _text(content)
        folded = " ".join(text.split())
        leaks += [f"{name}: canary {canary}" for canary in canaries if canary in text]
        leaks += [f"{name}: «{secret[:60]}…»" for form, secret in secrets.items() if form in folded]
        leaks += [
            f"{name}: the key of «{question}» ({found['choice']})"
            for question, choice, key in keys
            if choice in folded and (found := key.search(folded))
        ]
        bare = NOISE.sub("", text)
        leaks += [
            f"{name}: a right answer to «{question}»"
            for question, parts, answer in answers
            if all(part in bare for part in parts) and answer.search(bare)
        ]
    return sorted(set(leaks))


def _parts(value: list[Any] | dict[str, str]) -> list[str]:
    """Return the parts of a right answer as they stand in a text without `NOISE`."""
    if isinstance(value, list) and isinstance(value[0], dict):
        return [f"{{{','.join(f'{name}:{part}' for name, part in row.items())}}}" for row in value]
    return value if isinstance(value, list) else [f"{name}:{part}" for name, part in value.items()]


def _answer_pattern(parts: list[str], any_order: bool) -> re.Pattern[str]:
    """Return what finds all parts of a right answer side by side in a text without `NOISE`."""
    if not any_order:
        return re.compile(f"(?<![\\w-]){re.escape(','.join(parts))}(?![\\w-])")
    ahead = "".join(f"(?=[^\\[\\]{{}}]*(?<![\\w-]){re.escape(part)}(?![\\w-]))" for part in parts)
    one = f"(?:{'|'.join(re.escape(part) for part in sorted(parts, key=len, reverse=True))})"
    # A part must match before the search looks ahead for the others: looking ahead from every place takes for ever.
    return re.compile(f"(?<![\\w-])(?={one}(?![\\w-])){ahead}{one}(?:,{one}){{{len(parts) - 1}}}(?![\\w-])")


def _forms(secret: str) -> set[str]:
    """Return the ways in which a text may stand in a file."""
    plain = " ".join(secret.split())
    as_json = json.dumps(plain)[1:-1]
    forms = {
        plain,
        as_json,
        json.dumps(plain, ensure_ascii=False)[1:-1],
        html.escape(plain),
        html.escape(plain, quote=False),
    }
    forms |= {json.dumps(form)[1:-1] for form in list(forms)}
    # A text inside base64 may begin at any of three positions within a group: cut what depends on its neighbours.
    encoded = plain.encode()
    forms |= {base64.b64encode(b"\0" * pad + encoded).decode()[8:-8] for pad in range(3)}
    return {form for form in forms if len(form) >= 16}


def _text(content: bytes) -> str:
    """Return a file as text; of pictures and figures only what can be read, which is little to search."""
    if b"\0" in content:
        content = b"\n".join(WORDS.findall(content))
    return content.decode("utf-8", "replace")


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield from _unpacked(str(path.relative_to(folder)), path.read_bytes())


def _unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if Path(name).suffix in ARCHIVES:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for inner in archive.namelist():
                yield from _unpacked(f"{name}/{inner}", archive.read(inner))
    else:
        yield name, content
