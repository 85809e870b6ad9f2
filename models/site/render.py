"""Pages from templates: every cell is escaped, one tree a language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from models.site.cells import number, suppressed
from models.site.charts import island
from models.site.words import class_title, tongue

HERE = Path(__file__).parent
LANGUAGES = ("zh", "en")


def _island(value: object) -> Markup:
    return Markup(island(value))  # safe: JSON whose <, > and & are written as escapes


class OneLanguage(Extension):
    """Keeps of every `say('…', '…')` in a template the words of its language, so that labels cost nothing."""

    words = re.compile(r"say\(('(?:[^'\\]|\\.)*'), ('(?:[^'\\]|\\.)*')\)")
    group = 1

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return self.words.sub(lambda found: found[self.group], source)


class Chinese(OneLanguage):
    """The first of two."""


class English(OneLanguage):
    """The second of two."""

    group = 2


@cache
def environment(language: str) -> Environment:
    """The templates of the site in one language, autoescape on, unknown names an error."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=[Chinese if language == "zh" else English],
    )
    made.filters["island"] = _island
    made.filters["number"] = lambda value, show="amount": "" if value is None else number(value, show)
    made.filters["suppressed"] = suppressed
    made.filters["tongue"] = partial(tongue, language=language)
    made.filters["of_class"] = partial(class_title, language=language)
    return made


@dataclass
class Writer:
    """Writes pages of one language below `root`; `shared` is handed to every template."""

    root: Path
    language: str
    shared: Mapping[str, Any]
    written: list[str] = field(default_factory=list)

    def say(self, zh: str, en: str) -> str:
        """The word in the language of the pages."""
        return zh if self.language == "zh" else en

    def page(self, template: str, address: str, **what: Any) -> None:
        """One page at `<root>/<language>/<address>`."""
        up = "../" * address.count("/")
        values = {"up": up, "address": address, "language": self.language, "say": self.say, "outside": False}
        text = environment(self.language).get_template(template).render(**{**self.shared, **values, **what})
        path = self.root / self.language / address
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.written.append(address)
