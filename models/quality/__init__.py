"""Data quality: checks as SQL, suites in readable files, results that can stop the lists."""

from models.quality.acceptance import accept
from models.quality.catalogue import Check, catalogue
from models.quality.result import CheckResult, QualityResult
from models.quality.stage import run
from models.quality.validate import ready

__all__ = ["Check", "CheckResult", "QualityResult", "accept", "catalogue", "ready", "run"]
