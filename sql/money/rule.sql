-- The rules with the confidence that decisions have taught, and what decided cases go under.
-- grain: rule_id
-- inputs: finding.rule, money.trust, money.case_rule
-- parameters: none
-- limits: a rule without decided cases keeps its prior; a decided case rests on its own decision and on nothing learnt
select
    r.rule_id, r.rule_name, r.track,
    coalesce(t.confidence, r.confidence) as confidence,
    coalesce(t.confidence_basis, 'prior') as confidence_basis
from finding.rule as r
left join money.trust as t on r.rule_id = t.rule_id
union all
select
    rule_id, rule_name,
    'suspect' as track,
    cast(1 as decimal(5, 4)) as confidence,
    '1' as confidence_basis
from money.case_rule
