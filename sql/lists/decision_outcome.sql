-- Decisions that came back, by outcome.
-- grain: outcome
-- inputs: cur.decision_d
-- parameters: none
-- limits: every stage counts, not only the last
select
    coalesce(outcome, '') as outcome,
    count(*) as decisions
from cur.decision_d
group by coalesce(outcome, '')
order by coalesce(outcome, '')
