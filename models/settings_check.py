"""Settings that only rules, quality checks and points of credit can tell to be wrong: told before anything is read."""

from models.config import Config
from models.credit.grade import check_items
from models.errors import UsageError
from models.quality.catalogue import configured
from models.rules.own_params import refuse_wrong_params
from models.rules.themes import check_themes


def check_settings(config: Config) -> None:
    """Raise one UsageError that names every setting that names something unknown."""
    wrong = []
    for check in (check_themes, refuse_wrong_params, configured, check_items):
        try:
            check(config)
        except UsageError as fault:
            wrong.append(str(fault))
    if wrong:
        raise UsageError("\n".join(wrong))
