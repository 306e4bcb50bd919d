"""Answers that come back as the text of a mail, whatever mail programs made of it."""

from __future__ import annotations

import quopri
import re
import textwrap
import unicodedata
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import RawAnswers, read
from cfanalysis.intake.returned_text import answers_in_text, possible_texts
from cfanalysis.survey.instrument import Instrument

# As the page wrote it in a browser (tests/browser/test_return.py compares the two).
TEXT = """Answers:tiny;organization:Zoë & Söhne\\3b “A”;
respondent:r6ef9695ebc90d784;wave:2026;seconds:48;
submitted:2026-11-30T04:01:42Z;sector:Retail;role:front line;s1:5;d1:9;
d2:1;s2:4;d3:3;p1:2;
why:Answer "faster"\\3b\\0ain Zürich, – every day... see www.example.org;
Check:CHECK;"""
SENT = {
    "organization": "Zoë & Söhne; “A”",
    "respondent": "r6ef9695ebc90d784",
    "wave": "2026",
    "seconds": "48",
    "submitted": "2026-11-30T04:01:42Z",
    "sector": "Retail",
    "role": "front line",
    **{"s1": "5", "d1": "9", "d2": "1", "s2": "4", "d3": "3", "p1": "2"},
    "why": 'Answer "faster";\nin Zürich, – every day... see www.example.org',
}


def quoted(text: str) -> str:
    return "Anna wrote:\n" + "".join(f"> > {line}\n" for line in text.splitlines())


def wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(text, 40, break_on_hyphens=False))


def linked(text: str) -> str:
    return text.replace("www.example.org", "www.example.org <http://www.example.org/>")


def page(text: str) -> str:
    head = "<html><head><style>p { color: red; }</style></head>"
    lines = "<br>\r\n".join(escape(line) for line in text.splitlines())
    link = '<a href="http://www.example.org/">www.example.org</a>'
    return f"{head}<body><p>Hi,</p><div>{lines}</div></body></html>".replace("www.example.org", link)


def smart(text: str) -> str:
    return text.replace('"faster"', "“faster”").replace("...", "…").replace(" – ", " - ")


def misread(byte: int) -> str:
    return bytes([byte]).decode("latin-1" if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else "cp1252")


CHANGED: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "with words around it": lambda text: (
        f"Dear team,\n\nAnswers: see below.\n\n{text}\n\n-- \nAnna; Check: https://x.org"
    ),
    "wrapped": wrapped,
    "quoted": quoted,
    "quoted, then wrapped": lambda text: quoted(wrapped(text)),
    "quoted by other signs": lambda text: re.sub("(?m)^", "» ", text),
    "quoted by initials": lambda text: re.sub("(?m)^", "AM> ", text),
    "a list": lambda text: re.sub("(?m)^", " * ", text),
    "signs of direction": lambda text: re.sub("(?m)^(.*)$", "\u202a\\1\u202c", text),
    "signs that are not seen": lambda text: (
        "\ufeff" + text.replace("tiny", "ti\u00adny").replace(":", ":\u200b")
    ),
    "lines joined": lambda text: " ".join(text.splitlines()),
    "line feeds of Windows": lambda text: text.replace("\n", "\r\n"),
    "flowed": lambda text: text.replace("\n", " \n "),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "clever signs": smart,
    "with links": linked,
    "with links in brackets": lambda text: text.replace(
        "www.example.org", "[www.example.org](http://www.example.org/)"
    ),
    "a web page": page,
    "decomposed letters": lambda text: unicodedata.normalize("NFD", text),
    "read as Western European": lambda text: "".join(map(misread, text.encode())),
    "the source of a mail": lambda text: quopri.encodestring(text.encode()).decode(),
    "the source of a page": lambda text: quopri.encodestring(page(text).encode()).decode(),
    "percent signs": quote,
    "escaped": escape,
}


@pytest.fixture(scope="module")
def text() -> str:
    return with_check(TEXT)


def with_check(text: str) -> str:
    """The text with the check that belongs to it, which the error about a wrong one does not tell."""
    from cfanalysis.intake import returned_text

    return text.replace("CHECK", returned_text._check_sum(text.partition("Check:")[0]))


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_a_text_is_read_whatever_a_mail_program_did(text: str, change: Callable[[str], str]) -> None:
    """Wrapped, quoted, joined, linked or encoded in another way, a text gives the same answers."""
    (found,) = answers_in_text([change(text)])
    loose = ("why", "organization")  # white space and signs in own words are what the program made of them
    assert {k: v for k, v in found.items() if k not in (*loose, "Answers")} == {
        k: v for k, v in SENT.items() if k not in loose
    }
    assert [words(found[name]) for name in loose] == [words(SENT[name]) for name in loose]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman", "cp1250"])
def test_a_text_in_any_encoding_is_read(text: str, encoding: str) -> None:
    """The check finds the encoding of a saved text."""
    assert answers_in_text(possible_texts(text.encode(encoding)))[0] == {"Answers": "tiny", **SENT}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("s1:5", "s1:4", "changed"),
        ("Zürich", "Z?rich", "changed"),
        ("s2:4;", "", "changed"),
        ("Check:", "Cheque:", "cut off"),
        ("www.example.org;\n", "www.exam", "changed"),
    ],
)
def test_a_text_that_was_changed_is_refused(text: str, old: str, new: str, problem: str) -> None:
    """A letter or digit that is not as it was sent, or a missing end, is an error."""
    assert old in text
    with pytest.raises(IntakeError, match=problem):
        answers_in_text([text.replace(old, new)])


def test_an_answer_that_quotes_the_mail_gives_the_answers_once(text: str) -> None:
    """Of a text that stands whole and, below, quoted and cut off, the whole one counts."""
    assert len(answers_in_text([f"{text}\n\n{quoted(text)}"])) == 1
    assert len(answers_in_text([f"{text}\n\n{quoted(text)[:300]}"])) == 1
    assert answers_in_text(["Nothing is in here. Answers: none."]) == []


@given(st.text(max_size=300), st.integers(20, 90), st.integers(0, 3))
def test_any_words_survive_wrapping_and_quoting(said: str, width: int, quotes: int) -> None:
    """Whatever somebody writes, as letters of a mail, comes back word for word."""
    plain = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", " ", said).split())
    escaped = re.sub(r"[\\;<>|\n]", lambda sign: f"\\{ord(sign[0]):02x}", plain)
    sent = with_check(f"Answers:tiny;s1:4;why:{escaped};\nCheck:CHECK;")
    lines = textwrap.wrap(sent, width, break_long_words=False, break_on_hyphens=False)
    mail = "\n".join(f"{'> ' * quotes}{line}" for line in lines)
    (found,) = answers_in_text([mail])
    assert " ".join(found["why"].split()) == plain


def mail(text: str, **how: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "anna@example.org", "answers@example.org", "Answers"
    message.set_content(text, **how)  # type: ignore[arg-type]
    return message


@pytest.mark.parametrize(
    "kind", ["plain", "base64", "latin-1", "page", "both", "attached", "forwarded", "source"]
)
def test_a_saved_mail_is_read(kind: str, text: str, tiny: Instrument, tmp_path: Path) -> None:
    """A message is read from its text, its page or what is attached, in any encoding, and nothing else of it."""
    western = with_check(TEXT.replace("“A”", "A").replace("–", "-"))
    made = {
        "plain": lambda: mail(text),
        "base64": lambda: mail(text, cte="base64"),
        "latin-1": lambda: mail(western, charset="iso-8859-1", cte="quoted-printable"),
        "page": lambda: mail(page(text), subtype="html"),
        "both": lambda: mail(quoted(wrapped(text))),
        "attached": lambda: mail("My answers are attached."),
        "forwarded": lambda: mail("See below."),
        "source": lambda: mail(text, cte="quoted-printable"),
    }[kind]()
    if kind == "both":
        made.add_alternative(page(text), subtype="html")
    if kind == "attached":
        header, row = ",".join(SENT), ",".join('"' + v.replace('"', '""') + '"' for v in SENT.values())
        made.add_attachment(
            f"{header}\r\n{row}\r\n".encode(), maintype="application", subtype="x", filename="a.CSV"
        )
    if kind == "forwarded":
        made.add_attachment(mail(text))
    path = tmp_path / ("message.txt" if kind == "source" else "message.eml")
    path.write_bytes(made.as_bytes())
    raw = read(path, tiny)
    assert isinstance(raw, RawAnswers)
    assert raw.frame.loc[2, ["respondent", "wave", "s1", "d1", "role"]].tolist() == [
        *("r6ef9695ebc90d784", "2026", "5", "9", "front line")
    ]
    assert words(raw.frame.loc[2, "why"]) == words(SENT["why"])
    assert "anna" not in raw.frame.to_csv()
