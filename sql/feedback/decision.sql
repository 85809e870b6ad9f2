-- Decisions in the order of the stages.
-- grain: candidate_id, stage, decided_on
-- inputs: cur.decision_d
-- parameters: none
-- limits: a stage of another name counts as before the first
select
    candidate_id, stage,
    case stage
        when '初审' then 1
        when '复核' then 2
        when '申诉' then 3
        when '复审' then 4
        when '反馈' then 5
        when '处理' then 6
        else 0
    end as stage_no,
    decided_on, outcome, fund_amount, reviewer
from cur.decision_d
order by candidate_id, stage_no, decided_on, outcome, reviewer
