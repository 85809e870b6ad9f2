"""Which insured are the area's own."""

import re

from models.errors import UsageError


def area_pattern(codes: list[str]) -> str:
    """Regular expression of the area's insu_admdvs: each code stands for itself and everything below it.

    Without codes every insured counts as the area's own. Raises UsageError for anything but digits.
    """
    wrong = [code for code in codes if not re.fullmatch(r"[0-9]{2,12}", code)]
    if wrong:
        raise UsageError(f"params.area_admdvs 应为数字区划代码 / must be area codes of digits, found {wrong}")
    return "^(" + "|".join(codes) + ")" if codes else "^"
