"""Pages that need no network: everything fetched or scripted is taken out of the pages of Great Expectations."""

import html
import re
from html.parser import HTMLParser
from pathlib import Path

STYLE = (Path(__file__).parent / "docs.css").read_text(encoding="utf-8")
_DROPPED = frozenset(
    {"script", "link", "style", "footer", "img", "iframe", "form", "button", "input", "label", "meta", "title"}
)
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "col", "wbr"})
_KEPT_ATTRIBUTES = frozenset({"id", "class", "hidden", "colspan", "rowspan", "aria-hidden"})
_INTERNAL = re.compile(r"#[A-Za-z0-9_-]*")


class _Cleaner(HTMLParser):
    """Rewrites the body of a page: keeps text, structure, classes and jumps inside the page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._skipped: list[str] = []
        self._in_body = False

    def _dropped(self, tag: str, attributes: dict[str, str | None]) -> bool:
        """What is fetched, runs, or does nothing without a script: navigation, filter buttons, folded details."""
        classes = set((attributes.get("class") or "").split())
        folding = "collapse" in classes or attributes.get("data-toggle") == "collapse"
        return tag in _DROPPED or folding or "sticky-top" in classes or classes == {"card", "mb-3"}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "body":
            self._in_body = True
            return
        if self._skipped:
            if tag not in _VOID:
                self._skipped.append(tag)
            return
        if not self._in_body:
            return
        if self._dropped(tag, attributes):
            if tag not in _VOID:
                self._skipped.append(tag)
            return
        kept = [
            name if value is None else f'{name}="{html.escape(value)}"'
            for name, value in attrs
            if name in _KEPT_ATTRIBUTES or (name == "href" and value and _INTERNAL.fullmatch(value))
        ]
        self.out.append(f"<{' '.join([tag, *kept])}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "body":
            self._in_body = False
        elif tag in _VOID:
            return
        elif tag in self._skipped:
            while self._skipped.pop() != tag:
                continue
        elif self._in_body and not self._skipped:
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._in_body and not self._skipped:
            self.out.append(html.escape(data, quote=False))


def body_of(page: str) -> str:
    """The body of a page without scripts, styles, images, forms, outside links and event handlers."""
    cleaner = _Cleaner()
    cleaner.feed(page)
    cleaner.close()
    return "".join(cleaner.out)


def page(title: str, body: str, back: str | None = None) -> str:
    """A whole page: style inside, nothing outside; `back` is a relative link to the page above."""
    up = f'<p class="back"><a href="{html.escape(back)}">← 返回 / back</a></p>' if back else ""
    return (
        '<!DOCTYPE html>\n<html lang="zh">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{up}\n{body}\n</body>\n</html>\n"
    )
