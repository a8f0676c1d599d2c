"""Search whatever a student can get for anything that only instructors may see."""

import base64
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from itband_course.grading.bank import Bank

KEY_PATTERN = r"""\\*["'](?P<choice>{choice})\\*["']\s*[:,]\s*[^"']{{0,80}}?\\*["'](?:{verdicts})\\*["']"""
ARCHIVES = {".whl", ".zip"}


def find_leaks(folder: Path, bank: Bank) -> list[str]:
    """Return one sentence for each secret found in a folder, archives unpacked.

    Looks for canaries, for reasons and mark schemes in any of the forms that files hold text in (plain, escaped for
    JSON or HTML, base64, wrapped lines), and for a choice id beside its verdict.

    Parameters
    ----------
    folder : Path
        What a student would get.
    bank : Bank
        Whose secrets to look for.
    """
    canaries = bank.canaries()
    secrets = {form: secret for secret in bank.secrets() for form in _forms(secret)}
    keys = [
        (
            question.id,
            re.compile(KEY_PATTERN.format(choice=re.escape(choice.id), verdicts="right|accepted|neutral|danger")),
        )
        for question in bank.questions.values()
        for choice in getattr(question, "choice", [])
    ]
    leaks = []
    for name, content in _contents(folder):
        text = content.decode("utf-8", "replace")
        folded = " ".join(text.split())
        leaks += [f"{name}: canary {canary}" for canary in canaries if canary in text]
        leaks += [f"{name}: «{secret[:60]}…»" for form, secret in secrets.items() if form in text or form in folded]
        leaks += [
            f"{name}: the key of «{question}» ({found['choice']})"
            for question, key in keys
            if (found := key.search(folded))
        ]
    return sorted(set(leaks))


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
