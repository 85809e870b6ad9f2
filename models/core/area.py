"""Which insured are the area's own."""

import re

from models.config import Params
from models.engine.duck import Engine
from models.errors import UsageError


def area_pattern(codes: list[str]) -> str:
    """Regular expression of the area's insu_admdvs: each code stands for itself and everything below it.

    Without codes every insured counts as the area's own. Raises UsageError for anything but digits.
    """
    wrong = [code for code in codes if not re.fullmatch(r"[0-9]{2,12}", code)]
    if wrong:
        raise UsageError(f"params.area_admdvs 应为数字区划代码 / must be area codes of digits, found {wrong}")
    return "^(" + "|".join(codes) + ")" if codes else "^"


def providers_area(counties: list[str]) -> str:
    """The same, from the counties where the providers are: one county is the area, of several the cities they lie in.
    `counties` are codes of six digits; two of them are a province, four a city.

    Codes of the city or province as a whole (the rest zeros) are the area's own as well.
    """
    if not counties:
        return "^"
    several = len(counties) > 1 or counties[0].endswith("00")
    own = sorted({code[:4].removesuffix("00") for code in counties}) if several else counties
    above = sorted({f"{code[:digits]}0+$" for code in own for digits in (4, 2) if digits < len(code)})
    return "^(" + "|".join([*own, *above]) + ")"


def own_area(engine: Engine, params: Params) -> str:
    """The pattern of `params.area_admdvs`, else of the providers in cur.medins_info_b."""
    if params.area_admdvs:
        return area_pattern(params.area_admdvs)
    return providers_area([str(code) for code in engine.query("core/county")["county"].to_list()])
