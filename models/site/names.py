"""File names and addresses of pages: what comes from data never names another place."""

import hashlib
import re
from collections.abc import Mapping
from urllib.parse import quote

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
CASES_A_PAGE = 60
PERSONS_A_PAGE = 60


def slug(identifier: str) -> str:
    """The identifier itself where it can be a file name and an anchor, else a hash of it."""
    if _SAFE.fullmatch(identifier):
        return identifier
    return "x-" + hashlib.sha256(identifier.encode()).hexdigest()[:20]


class Addresses:
    """Where things have pages, relative to the root of one language; what has none has no address.

    `cases` and `persons`: settlements and pseudonyms in the order of their pages. `titles`: names of providers by
    code, for tables that hold the code alone.
    """

    def __init__(
        self,
        providers: list[str],
        cases: list[tuple[str, str]],
        groups: list[str],
        rules: list[str],
        people: list[str],
        titles: Mapping[str, str] | None = None,
    ) -> None:
        self.titles = dict(titles or {})
        named = {"provider": providers, "group": groups, "rule": rules}
        self._of = {
            kind: {one: f"{kind}/{quote(slug(one))}.html" for one in identifiers} for kind, identifiers in named.items()
        }
        self.case_pages: dict[str, list[str]] = {}
        self._of["case"] = self._paged_cases(cases)
        self.person_pages = [people[at : at + PERSONS_A_PAGE] for at in range(0, len(people), PERSONS_A_PAGE)]
        self._of["person"] = {
            one: f"person/{page}.html#{slug(one)}" for page, part in enumerate(self.person_pages, 1) for one in part
        }

    def _paged_cases(self, cases: list[tuple[str, str]]) -> dict[str, str]:
        by_provider: dict[str, list[str]] = {}
        for provider, setl_id in cases:
            by_provider.setdefault(provider, []).append(setl_id)
        found = {}
        for provider, ids in sorted(by_provider.items()):
            for page, at in enumerate(range(0, len(ids), CASES_A_PAGE), 1):
                name = f"case/{slug(provider)}-{page}"
                self.case_pages[name] = ids[at : at + CASES_A_PAGE]
                found.update({one: f"{quote(name)}.html#{slug(one)}" for one in self.case_pages[name]})
        return found

    def of(self, kind: str, identifier: object) -> str | None:
        """Address of a provider, case, group, rule or person; None where it has no page."""
        return self._of[kind].get(str(identifier or ""))


#: columns of lists whose cells lead to a page: its kind, and the column that holds the identifier
LINKS = {
    "fixmedins_code": ("provider", "fixmedins_code"),
    "fixmedins_name": ("provider", "fixmedins_code"),
    "setl_id": ("case", "setl_id"),
    "group_id": ("group", "group_id"),
    "rule_id": ("rule", "rule_id"),
    "rule_name": ("rule", "rule_id"),
    "psn_id": ("person", "psn_id"),
}
