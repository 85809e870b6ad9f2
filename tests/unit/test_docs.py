"""What the documents tell people to type exists: every command, every option, every file they link to."""

import re
from pathlib import Path

import click
import pytest
from pydantic import BaseModel

from models.config import Config
from models.ingest.reasons import REASONS
from pipelines.cli.main import cli

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_QUOTED = re.compile(r"`jicha ([a-z]+)([^`\n]*)`|^jicha +([a-z]+)(.*)$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```|`jicha [^`\n]*`", re.MULTILINE | re.DOTALL)
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")

every_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def _commands(text: str) -> list[tuple[str, set[str]]]:
    found = []
    code = "\n".join(_FENCED.findall(text))  # a sentence may begin with the name as well
    for inline, rest, typed, after in _QUOTED.findall(code):
        told = (rest or after).split("  #", 1)[0]
        found.append((inline or typed, set(_OPTION.findall(told))))
    return found


@every_document
def test_every_command_and_option_exists(path: Path) -> None:
    context = click.Context(cli)
    for name, options in _commands(path.read_text(encoding="utf-8")):
        command = cli.get_command(context, name)
        assert command is not None, f"jicha {name}"
        known = {option for one in command.params for option in one.opts} | {"--help"}
        assert options <= known, f"jicha {name} {options - known}"


def test_the_search_finds_what_is_quoted() -> None:
    text = "`jicha run --year 2026` and\n```\njicha issue 2025Q1 --home H   # --nothing\n```\njicha does\n"
    assert _commands(text) == [("run", {"--year"}), ("issue", {"--home"})]


@every_document
def test_every_link_leads_to_a_file(path: Path) -> None:
    for target in _LINK.findall(path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def _settings(section: type[BaseModel], before: str = "") -> list[str]:
    found = []
    for name, field in section.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found += _settings(inner, f"{before}{name}.")
        else:
            found.append(f"{before}{name}")
    return found


def test_every_setting_is_told_and_no_other() -> None:
    """The page names a setting in full, or by its last word in the table of its section."""
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_.]+)`", "\n".join(re.findall(r"^\| (`[^|]*)\|", text, re.MULTILINE))))
    real = _settings(Config)
    assert not [one for one in real if not {one, one.rpartition(".")[2]} & named]
    assert not named - {part for one in real for part in (one, one.rpartition(".")[2])}


def test_both_manuals_have_the_same_sections_and_commands() -> None:
    zh, en = ((ROOT / "docs" / "manual" / name).read_text(encoding="utf-8") for name in ("zh.md", "en.md"))
    assert len(re.findall(r"^## ", zh, re.MULTILINE)) == len(re.findall(r"^## ", en, re.MULTILINE)) == 4
    fenced = re.compile(r"^(?:jicha|cp|JICHA|printf)[^#\n]*", re.MULTILINE)
    first, second = ([" ".join(one.split()[:3]) for one in fenced.findall(text)] for text in (zh, en))
    assert first == second


def test_both_guides_explain_every_reason_of_quarantine() -> None:
    for language in ("zh", "en"):
        text = (ROOT / "docs" / "manual" / f"first-month-{language}.md").read_text(encoding="utf-8")
        told = {one.rstrip(":") for one in re.findall(r"`([a-z_]+)(?=[:`])", text)}
        assert not REASONS.keys() - told, language
