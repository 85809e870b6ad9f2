"""Which rules a themed plan speaks of."""

from models.config import Config
from models.errors import UsageError
from models.rules.registry import Rule, registry
from models.settings_planning import Theme


def rules_of(theme: Theme) -> set[str]:
    """Rules that a theme names by class, subclass or rule_id. Raises UsageError where there is none."""
    wanted = theme.rules or ""
    found = {rule.rule_id for rule in registry() if wanted in (rule.rule_class, rule.subclass, rule.rule_id)}
    if not found:
        raise UsageError(
            f"planning.themes 专项“{theme.name}”：没有这类规则 / no such rules: {wanted!r}. Allowed: a rule_id "
            f"(see `jicha rules`), or one of {', '.join(_classes(registry()))}."
        )
    return found


def check_themes(config: Config) -> None:
    """Raise one UsageError that names every theme whose rules are not in the catalogue."""
    wrong = []
    for theme in config.planning.themes:
        try:
            if theme.rules is not None:
                rules_of(theme)
        except UsageError as fault:
            wrong.append(str(fault))
    if wrong:
        raise UsageError("\n".join(wrong))


def _classes(rules: list[Rule]) -> list[str]:
    return sorted({rule.rule_class for rule in rules} | {rule.subclass for rule in rules if rule.subclass})
