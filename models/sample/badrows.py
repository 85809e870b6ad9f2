"""Lines that cannot be loaded, put between the others, and remembered."""

from dataclasses import dataclass, field

import numpy as np

from models.sample.style import Style

KINDS = ("wrong_field_count", "bad_date", "bad_amount", "unclosed_quote", "missing_key", "undecodable")
KEY = {"setl_d": "setl_id", "fee_list_d": "bkkp_sn"}
DATED = {"setl_d": "setl_time", "fee_list_d": "fee_ocur_time"}
PRICED = {"setl_d": "medfee_sumamt", "fee_list_d": "det_item_fee_sumamt"}


@dataclass
class BadRows:
    """Makes bad lines and keeps the list of them."""

    found: list[tuple[str, int, str]] = field(default_factory=list)
    made: int = 0

    def insert(
        self, lines: list[bytes], table: str, columns: list[str], style: Style, file: str, rng: np.random.Generator
    ) -> list[bytes]:
        """Put two kinds of bad lines into a file (a list of encoded lines, header first)."""
        if table not in KEY or len(lines) < 30:
            return lines
        places = np.sort(rng.choice(np.arange(2, len(lines) - 1), 2, replace=False))
        out, done = [], 0
        for k, place in enumerate(places):
            kind = KINDS[self.made % len(KINDS)]
            if kind == "undecodable" and style.encoding == "utf-8":
                kind = "wrong_field_count"
            if kind == "unclosed_quote" and style.quote == "none":
                kind = "bad_date"
            self.made += 1
            out += lines[done:place]
            done = int(place)
            out.append(self._bad(lines[1], table, columns, style, kind))
            self.found.append((file, int(place) + k + 1, kind))
        return out + lines[done:]

    def _bad(self, line: bytes, table: str, columns: list[str], style: Style, kind: str) -> bytes:
        """A copy of a good line under another key, spoilt in one way."""
        code = "utf-8" if style.encoding == "utf-8-sig" else style.encoding
        open_, close = {"@": ("@|", "|@"), "all": ('"', '"')}.get(style.quote, ("", ""))
        between = close + style.separator + open_
        fields = line.decode(code)[len(open_) :].removesuffix(close).split(between)
        at = {name: i for i, name in enumerate(columns)}
        fields[at[KEY[table]]] = f"BAD{self.made:09d}"
        if kind == "wrong_field_count":
            fields = fields[:-3]
        elif kind == "bad_date":
            fields[at[DATED[table]]] = "2024-13-45 25:61:00"
        elif kind == "bad_amount":
            fields[at[PRICED[table]]] = "12.3.4元"
        elif kind == "missing_key":
            fields[at[KEY[table]]] = ""
        text = open_ + between.join(fields) + close
        if kind == "unclosed_quote":  # the last field's quote is never closed
            text = text.removesuffix(close) if close else between.join([*fields[:-1], f'"{fields[-1]}'])
        data = text.encode(code)
        return data.replace(b"BAD", b"BA\xffD", 1) if kind == "undecodable" else data
