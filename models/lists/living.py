"""Lists that live on after an issue: the progress of reviews, written anew with every load."""

from models import due
from models.lists.replace import replaced_folder
from models.lists.write import write_list
from models.money.register import Register
from models.plans import PlanRegister, visited
from models.plans.report import inspection_rates
from models.review import attention, review_cases
from models.session import Session


def write_review(session: Session) -> list[str]:
    """Write `<home>/reports/review/` once anything is issued; returns what asks for attention.

    `review_case.*` follows candidates; `inspection_rate.*` says what came of issued plans.
    """
    register, plans, as_of = Register(session.home), PlanRegister(session.home), due.as_of(session)
    if not (register.issues() or plans.years()) or as_of is None:
        return []
    cases = review_cases(session.engine, session.config, register, as_of.date())
    about = {"截止 / as of": as_of.isoformat(sep=" ", timespec="seconds")}
    with replaced_folder(session.home.reports / "review") as folder:
        write_list("review_case", cases, folder, session.config.language, about)
        if plans.years():
            rates = inspection_rates(visited(session.engine, plans, as_of.date()))
            write_list("inspection_rate", rates, folder, session.config.language, about)
    return attention(cases, session.engine, session.config)
