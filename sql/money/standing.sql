-- Where each candidate stands with the people: the outcome of its furthest stage, what a partial one upheld, the last reply.
-- grain: candidate_id (of decisions and replies)
-- inputs: cur.decision_d, cur.reply_d
-- parameters: $stages (their names in order)
-- limits: the furthest stage decides, within a stage the latest day
with staged as (
    select
        candidate_id, outcome, decided_on, fund_amount,
        coalesce(array_position($stages, stage), 0) as stage_no
    from cur.decision_d
),

decided as (
    select
        candidate_id, outcome,
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
    d.outcome, d.decided_amount, r.answer
from (select candidate_id, outcome, decided_amount from decided where place = 1) as d
full outer join (select candidate_id, answer from replied where place = 1) as r on d.candidate_id = r.candidate_id
