-- Where each candidate stands with the people: the outcome of its furthest stage with day and amount, what a partial one upheld,
-- the last reply.
-- grain: candidate_id (of decisions and replies)
-- inputs: cur.decision_d, cur.reply_d
-- parameters: $stages (their names in order)
-- limits: the furthest stage decides, within a stage the latest day; partial of nothing is overturned
with staged as (
    select
        candidate_id, outcome, stage, decided_on, fund_amount,
        coalesce(array_position($stages, stage), 0) as stage_no
    from cur.decision_d
),

decided as (
    select
        candidate_id, stage, decided_on, fund_amount,
        case when outcome = 'partial' and fund_amount <= 0 then 'overturned' else outcome end as outcome,
        case when outcome = 'partial' then fund_amount end as decided_amount,
        row_number() over (
            partition by candidate_id order by stage_no desc, decided_on desc, outcome asc, fund_amount asc
        ) as place
    from staged
),

replied as (
    select
        candidate_id, position as answer,
        row_number() over (partition by candidate_id order by submitted_on desc, position asc) as place
    from cur.reply_d
)

select
    coalesce(d.candidate_id, r.candidate_id) as candidate_id,
    d.outcome, d.decided_amount, r.answer, d.stage, d.decided_on, d.fund_amount
from (select * from decided where place = 1) as d
full outer join (select candidate_id, answer from replied where place = 1) as r on d.candidate_id = r.candidate_id
