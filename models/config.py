"""Configuration: defaults, then `<home>/config.yaml`. Params change what is computed, thresholds what is listed."""

import hashlib
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, ValidationError

from models.errors import UsageError
from models.faults import broken_yaml, told
from models.settings import Stage, Strict
from models.settings_engine import EngineSettings
from models.settings_planning import Planning
from models.workdays import Calendar

Days = Annotated[int, Field(ge=0, le=3660)]


class BenefitStep(Strict):
    """The share that is paid of what lies above so many yuan (after the deductible), up to the next step."""

    above: Decimal = Field(ge=0, decimal_places=2)
    ratio: Decimal = Field(ge=0, le=1, decimal_places=4)


class Benefit(Strict):
    """How one fund payer's part of a settlement follows from its in-scope amount: deductible, steps, caps.

    The first benefit of a payer that fits a settlement counts; an empty list fits everything. The deductible that the
    settlement itself names (`act_pay_dedc`) goes before `deductible`.
    """

    payer: Literal["hifp", "cvlserv", "hifes", "hifmi", "hifob", "hifdm", "maf", "oth"] = "hifp"
    insutypes: list[str] = []
    med_types: list[str] = []
    hosp_lvs: list[str] = []
    valid_from: date | None = None
    valid_to: date | None = None
    deductible: Decimal = Field(default=Decimal(0), ge=0, decimal_places=2)
    steps: list[BenefitStep] = Field(min_length=1)
    cap: Decimal | None = Field(default=None, ge=0, decimal_places=2)  # yuan a settlement
    annual_cap: Decimal | None = Field(default=None, ge=0, decimal_places=2)  # yuan a person, insurance and year


class Params(Strict):
    """What SQL and models compute with."""

    inpatient_med_types: list[str] = ["21", "22", "23", "24", "25", "26", "28", "2101", "2102", "2105", "52", "5302"]
    outpatient_med_types: list[str] = ["11", "12", "13", "14", "16", "51"]
    pharmacy_med_types: list[str] = ["41", "18"]
    # insu_admdvs of the area's own insured, each code with what lies below it; empty: where its providers are
    area_admdvs: list[str] = Field(default=[])
    bundled_line_policy: Literal["share", "none"] = "share"
    # marginal: what the fund would have paid without the line, by `benefits`; where they do not give what was paid, and
    # in DRG/DIP-paid cases, the average share
    amount_method: Literal["average_share", "marginal"] = "average_share"
    benefits: list[Benefit] = []
    look_back_days: Days = 400
    split_stay_days: Days = 15
    # prefixes: therapy, dialysis, rehabilitation, pregnancy and birth
    planned_readmission_diagnoses: list[str] = ["Z51", "Z49", "Z50", "O", "Z34", "Z35"]
    # main diagnoses treated in courses: with one of them a planned diagnosis in second place is enough
    planned_readmission_courses: list[str] = ["C", "D0", "D1", "D2", "D3", "D4", "N18", "N19"]
    # chemo- and radiotherapy, dialysis; staged: both eyes, vessels, joints, taking out implants, stents and stomas
    planned_readmission_operations: list[str] = [
        "99.25", "99.28", "92.2", "92.3", "39.95", "54.98", "13.", "36.0", "00.66", "81.5", "78.6", "97.62", "46.5",
    ]  # fmt: skip
    # med_type of stays that take in what came before admission (emergency turned stay, day surgery), and days
    merged_med_types: list[str] = ["24", "28"]
    merged_days: int = Field(default=7, ge=0)
    # prefixes: main diagnoses of newborns, whom a parent settles until they are insured; diagnoses of births
    newborn_diagnoses: list[str] = ["P", "Z38"]
    birth_diagnoses: list[str] = ["O80", "O81", "O82", "O83", "O84", "Z37", "Z38", "P"]
    # limits a visit: of the whole stay, or of each of its days (R09: what is prescribed at once); limits a day: lines
    # of several doses (R77) are judged by their days of supply
    visit_in_stay: Literal["visit", "day"] = "visit"
    several_doses: Literal["no", "yes"] = "no"
    # prefixes: sex identity, indeterminate sex, androgen resistance
    sex_unlike_diagnoses: list[str] = ["F64", "Q56", "E34.5"]
    # med_chrgitm_type, a code covers its sub-codes: examinations and tests; bed, rounds, nursing, registration;
    # operations
    exam_classes: list[str] = ["03", "04", "1408", "1409", "1410", "145301"]
    ward_classes: list[str] = ["01", "02", "07", "12", "13"]
    operation_classes: list[str] = ["06", "1413"]
    intensive_care_names: list[str] = [
        "特级护理",
        "一级护理",
        "Ⅰ级护理",
        "I级护理",
        "1级护理",
        "重症监护",
        "特护",
        "监护病房",
    ]
    companion_kinds: list[str] = ["item", "operation", "diagnosis"]  # what can stand beside a subject of kp_companion
    peer_min_providers: int = Field(default=5, ge=2)
    peer_min_cases: int = Field(default=30, ge=2)
    refund_match_days: Days = 400
    # persons: chronic benefit; dialysis by chronic disease, diagnosis (prefixes) and item name; a fixed schedule
    chronic_med_types: list[str] = ["14"]
    registration_med_types: list[str] = ["12"]
    dialysis_diseases: list[str] = ["M07803"]
    dialysis_diagnoses: list[str] = ["Z49", "N18.001"]
    dialysis_names: list[str] = ["透析"]
    counted_drug_classes: list[str] = ["09", "11"]  # med_chrgitm_type: western drugs, Chinese patent drugs
    schedule_days: int = Field(default=3, ge=1, le=7)
    schedule_percent: int = Field(default=90, ge=1, le=100)
    # many providers for one drug class in a month or quarter; days of supply in hand, and supply over days elapsed
    many_providers_month: int = Field(default=5, ge=2)
    many_providers_quarter: int = Field(default=8, ge=2)
    hoarding_days: Days = 120
    hoarding_rate: float = Field(default=2.5, ge=1, allow_inf_nan=False)
    hoarding_spreads: float = Field(default=3, ge=0, allow_inf_nan=False)
    # characters of a national drug code that stand for its class, and for its substance
    drug_class_length: int = Field(default=5, ge=1, le=20)
    drug_substance_length: int = Field(default=10, ge=1, le=20)
    upcoding_probability: float = Field(default=0.5, gt=0, lt=1)
    upcoding_review_share: float = Field(default=0.05, ge=0, le=1)


class Thresholds(Strict):
    """What applies only when lists are made."""

    minimum_amount: Decimal = Field(default=Decimal(0), ge=0)  # yuan; new candidates below it are counted, not listed
    q_value: float = Field(default=0.05, gt=0, lt=1)


class Review(Strict):
    """How candidates are followed after a notice: time limits in working days, what counts, what reports name."""

    reply_days: Days = 15
    # working days a stage may take, counted from the one before (初审: from the notice, 申诉: from the reply)
    stage_days: dict[Stage, Days] = {"初审": 20, "复核": 10, "申诉": 15, "复审": 20, "反馈": 5, "处理": 30}
    holidays: list[date] = []
    worked_weekends: list[date] = []  # weekend days worked in exchange for a holiday
    uphold_overdue: bool = False  # a reply that never came counts as acceptance; off: overdue is only shown
    final_stages: list[Stage] = ["反馈", "处理"]  # decisions of these stages are what rules are judged and learnt by
    report_cases: int = Field(default=30, ge=1)  # decided cases (or alerts) below which a report proposes nothing
    retire_rate: float = Field(default=0.3, ge=0, le=1)  # upheld less often than this for sure: retire
    clear_rate: float = Field(default=0.9, ge=0, le=1)  # a clear rule upheld less often than this for sure: suspect
    heeded_rate: float = Field(default=0.5, ge=0, le=1)  # alerts heeded less often than this for sure: stop the charge
    drift_ratio: float = Field(default=2.0, gt=1)  # hits per settlement against the quarters before: more, or less

    @property
    def calendar(self) -> Calendar:
        return Calendar.of(self.holidays, self.worked_weekends)


class Quality(Strict):
    """Limits by check: the share of rows above which it stops the lists (`fail_rate`) or only warns (`warn_rate`)."""

    fail_rate: dict[str, float] = {}
    warn_rate: dict[str, float] = {}


class Sampling(Strict):
    """Second review: what share of the settlements that passed is drawn, by which strata."""

    inpatient_fraction: float = Field(default=0.05, gt=0, le=1)
    outpatient_fraction: float = Field(default=0.001, gt=0, le=1)
    # other fractions by stratum or by the beginning of its name, the longest wins: {"inpatient|H33010100001": 0.1}
    fractions: dict[str, Annotated[float, Field(gt=0, le=1)]] = {}
    minimum: int = Field(default=2, ge=2)
    amount_classes: int = Field(default=3, ge=1, le=9)
    class_settlements: int = Field(default=20, ge=1)  # a smaller amount class of a month joins its neighbour
    # a provider whose fraction would draw fewer than this shares its strata with others of its kind and level
    inpatient_shared_below: float = Field(default=0, ge=0)
    outpatient_shared_below: float = Field(default=2, ge=0)
    # share of settlements in error that coverage is simulated with while decisions do not say
    assumed_error_rate: float = Field(default=0.02, gt=0, lt=1)


class Reports(Strict):
    """For how many targets of the plan reports of their own are made; no list depends on it."""

    dossiers: int = Field(default=20, ge=0)  # folders for inspectors, of planned targets only
    notebooks: int = Field(default=3, ge=0)  # targets whose notebooks the pipeline executes


class FundWatch(Strict):
    """From where the fund watch warns."""

    ahead_share: float = Field(default=0.05, ge=0)  # budget used beyond what the season would have used by then
    growth: float = Field(default=0.10, ge=0)  # growth over the mean of the earlier years' same months
    clearing_months: int = Field(default=3, ge=0)  # months after which a settlement should have its clearing month
    structural_providers: int = Field(default=100, ge=0)  # providers (dearest first) whose forecast may cost a fit


class CreditItem(Strict):
    """A bureau's own figures of one item of models/credit/points.yaml."""

    points: Decimal = Field(ge=0, decimal_places=2)  # off for each thing counted
    cap: Decimal = Field(ge=0, decimal_places=2)


class Credit(Strict):
    """Credit grades: what a bureau sets otherwise than the published points, and how long an appeal may take."""

    items: dict[str, CreditItem] = {}
    grades: dict[Literal["A", "B", "C"], int] = {}  # least points; empty: the published ones
    appeal_days: Days = 15  # working days from the publication
    published_on: date | None = None


class Config(Strict):
    """The whole configuration of one home."""

    params: Params = Params()
    thresholds: Thresholds = Thresholds()
    review: Review = Review()
    quality: Quality = Quality()
    sampling: Sampling = Sampling()
    fund: FundWatch = FundWatch()
    credit: Credit = Credit()
    planning: Planning = Planning()
    engine: EngineSettings = EngineSettings()
    reports: Reports = Reports()
    rule_params: dict[str, dict[str, int | str | list[str]]] = {}  # by rule: what a bureau sets otherwise than its YAML
    language: Literal["zh", "en"] = "zh"
    seed: int = 20250101

    def sha256(self) -> str:
        """Hash of everything that can change a list (limits of the machine and reports cannot)."""
        return self._digest({"engine", "reports"})

    def computed_sha256(self) -> str:
        """Hash of everything that can change what is computed before thresholds say what is listed."""
        return self._digest({"engine", "reports", "thresholds"})

    def _digest(self, left_out: set[str]) -> str:
        kept = self.model_dump(mode="json", exclude=left_out)
        return hashlib.sha256(json.dumps(kept, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def load_config(path: Path) -> Config:
    """Read a configuration file; a missing file means the defaults.

    Raises UsageError that names every wrong entry at once.
    """
    if not path.exists():
        return Config()
    try:
        return Config.model_validate(yaml.safe_load(path.read_text(encoding="utf-8-sig")) or {})
    except UnicodeDecodeError:
        raise UsageError(f"{path.name} 不是 UTF-8 / is not UTF-8 text. Save it again in UTF-8.") from None
    except ValidationError as fault:
        lines = [f"  {line}" for line in told(fault, Config)]
        raise UsageError(f"{path.name} 配置有误 / configuration errors:\n" + "\n".join(lines)) from None
    except OSError as fault:  # a folder of this name, a file of somebody else
        raise UsageError(f"{path} 无法读取 / cannot be read: {fault.strerror}.") from None
    except (yaml.YAMLError, ValueError) as fault:  # ValueError: a date that no calendar has
        raise UsageError(f"{path.name} 不是有效的 YAML / is not valid YAML: {broken_yaml(fault)}") from None
