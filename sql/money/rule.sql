-- The rules with the confidence that decisions have taught.
-- grain: rule_id
-- inputs: finding.rule, money.trust
-- parameters: none
-- limits: a rule without decided cases keeps its prior
select
    r.rule_id, r.rule_name, r.track,
    coalesce(t.confidence, r.confidence) as confidence,
    coalesce(t.confidence_basis, 'prior') as confidence_basis
from finding.rule as r
left join money.trust as t on r.rule_id = t.rule_id
