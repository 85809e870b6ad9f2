"""The annual assessment (年度综合考核): what a provider was paid, how it worked and what was decided, one row each."""

from models.assessment.annual import annual_assessment

__all__ = ["annual_assessment"]
