"""The truth about providers: who was given which role, and what should be seen of it."""

from models.sample.schemes.scene import Scene

EXPECTED = {
    "upcoder": ("upcoding", "高编高套"),
    "padding": ("upcoding_padding", "高编高套并堆砌收费"),
    "overspend": ("overspending", "费用偏高"),
    "underspend": ("underspending", "费用偏低"),
    "shortfall": ("inventory", "进销存不符"),
    "severe": ("lookalike_severe", "重症多的三级医院"),
    "thrifty": ("lookalike_thrifty", "节约的诚信医院"),
    "chemo": ("lookalike_chemo", "计划内再入院"),
    "family": ("lookalike_family", "家庭同行就诊"),
}


def roles(s: Scene) -> None:
    """One row a provider with a role."""
    for role, (scheme, text) in EXPECTED.items():
        for provider in s.providers.of_role(role):
            s.draft.note("providers", scheme=scheme, fixmedins_code=s.code(int(provider)), expected=text)
