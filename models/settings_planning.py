"""Settings of the annual plan and of themed plans."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from models.settings import Strict

Kind = Literal["tertiary", "secondary", "primary", "ungraded", "pharmacy"]


def _half_days(days: Decimal) -> Decimal:
    if days * 2 != int(days * 2):
        raise ValueError("须为整天或半天 / whole or half days, such as 0.5 or 3")
    return days


Days = Annotated[Decimal, Field(gt=0, le=366), AfterValidator(_half_days)]


class Capacity(Strict):
    """A year's inspections: who can be visited, how long a visit takes, which part goes by lot and by turn."""

    teams: int = Field(default=2, ge=1, le=200)
    team_days: Days = Decimal(40)  # working days of the year that one team has for planned visits
    # days that one visit takes a team: hospitals by level, clinics without a level, pharmacies
    visit_days: dict[Kind, Days] = {}
    random_share: float = Field(default=0.2, ge=0, le=1)  # of all days, drawn by public lot before risk is looked at
    coverage_share: float = Field(default=0.1, ge=0, le=1)  # of all days, for those not visited for longest
    district_visits: int = Field(default=1, ge=0)  # least visits a district (admdvs) gets, as far as it has providers
    district_quota: dict[str, Annotated[int, Field(ge=0)]] = {}  # other numbers by district

    @property
    def days(self) -> dict[str, Decimal]:
        """Days of a visit by kind, the defaults filled in."""
        usual = {"tertiary": 8, "secondary": 5, "primary": 2, "ungraded": 1, "pharmacy": 1}
        return {kind: Decimal(days) for kind, days in usual.items()} | dict(self.visit_days)

    @model_validator(mode="after")
    def _visits_fit(self) -> "Capacity":
        long = {kind: str(days) for kind, days in self.days.items() if days > self.team_days}
        if long:
            raise ValueError(
                f"一次检查超过每组天数 / a visit takes longer than the {self.team_days} days of a team: {long}"
            )
        return self


SUBJECTS = ("rules", "provider_type", "dise_codg", "diagnosis", "group")
Code = Annotated[str, Field(pattern=r"^[0-9A-Za-z.+*/-]{1,30}$")]


class Theme(Capacity):
    """A themed plan (专项) with a capacity of its own; exactly one of `SUBJECTS` says what it is about."""

    name: str = Field(pattern=r"^[^|\x00-\x1f]{1,30}$")  # in the lots, which `|` separates
    rules: str | None = None  # a class or subclass of the rule catalogue, or one rule_id
    provider_type: Kind | None = None
    dise_codg: Code | None = None  # of settlements, whole
    diagnosis: Code | None = None  # beginning of the main diagnosis
    group: Code | None = None  # beginning of the DRG or DIP group
    teams: int = Field(default=1, ge=1, le=200)
    team_days: Days = Decimal(20)
    coverage_share: float = Field(default=0, ge=0, le=1)
    district_visits: int = Field(default=0, ge=0)

    @property
    def subject(self) -> tuple[str, str]:
        """What it is about, and the value."""
        return next((name, str(value)) for name in SUBJECTS if (value := getattr(self, name)) is not None)

    @model_validator(mode="after")
    def _one_subject(self) -> "Theme":
        given = [name for name in SUBJECTS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"只给一个范围 / give exactly one of {', '.join(SUBJECTS)}; given: {', '.join(given) or 'none'}"
            )
        return self


class Planning(Capacity):
    """The year's plan, the themed plans beside it, and whether results calibrate what is expected."""

    themes: list[Theme] = []
    # expected recoveries times what random visits of the newest issued plan found per yuan expected; told where done
    calibrate: bool = False
    calibration_visits: int = Field(default=30, ge=2)  # random visits with a result below which nothing is calibrated

    @model_validator(mode="after")
    def _names_differ(self) -> "Planning":
        names = [theme.name for theme in self.themes]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"专项名称重复 / themes need names of their own; twice: {', '.join(twice)}")
        return self
