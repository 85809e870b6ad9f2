"""Data quality: checks as SQL, suites in readable files, results that can stop the lists."""

from models.quality.apart import begin, end
from models.quality.catalogue import Check, catalogue
from models.quality.gate import accept, gate
from models.quality.result import CheckResult, QualityResult
from models.quality.stage import run

__all__ = ["Check", "CheckResult", "QualityResult", "accept", "begin", "catalogue", "end", "gate", "run"]
