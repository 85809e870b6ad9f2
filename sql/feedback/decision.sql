-- Decisions in the order of the stages.
-- grain: candidate_id, stage, decided_on
-- inputs: cur.decision_d
-- parameters: $stages (their names in order)
-- limits: a stage of another name never comes here (the contract quarantines it)
select
    candidate_id, stage,
    coalesce(array_position($stages, stage), 0) as stage_no,
    decided_on, outcome, fund_amount, reviewer
from cur.decision_d
order by candidate_id, stage_no, decided_on, outcome, reviewer
