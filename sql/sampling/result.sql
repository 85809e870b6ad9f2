-- What the reviewers found in the settlements drawn.
-- grain: setl_id of a period's sample
-- inputs: score.review_sample, cur.decision_d, core.settlement, core.fee_line
-- parameters: $period, $stages (their names in order)
-- limits: the furthest stage decides, within a stage the latest day; overturned is nothing found;
--         upheld or partial without an amount is not decided; never more than the funds paid, when it was drawn
--         and now
with staged as (
    select
        d.candidate_id, d.outcome, d.fund_amount, d.decided_on,
        coalesce(array_position($stages, d.stage), 0) as stage_no
    from cur.decision_d as d
    inner join score.review_sample as s on d.candidate_id = s.candidate_id
    where s.period = $period
),

ranked as (
    select
        candidate_id, outcome, fund_amount,
        row_number() over (
            partition by candidate_id
            order by stage_no desc, decided_on desc, outcome asc, fund_amount asc
        ) as place
    from staged
),

elements as (
    select l.setl_id, count(*) as lines
    from core.fee_line as l
    inner join score.review_sample as s on l.setl_id = s.setl_id
    where s.period = $period and l.state = 'settled' and not l.refunded
    group by l.setl_id
)

select
    s.setl_id, s.month, s.stratum,
    cast(s.fund_amount * 100 as bigint) as fen,
    coalesce(e.lines, 1) as lines,
    r.outcome,
    cast(
        case
            when r.outcome = 'overturned' then 0
            when r.outcome in ('upheld', 'partial') and r.fund_amount is not null
                then greatest(least(r.fund_amount, s.fund_amount, coalesce(c.paid, 0)), 0) * 100
        end as bigint
    ) as found
from score.review_sample as s
left join ranked as r on s.candidate_id = r.candidate_id and r.place = 1
left join core.settlement as c on s.setl_id = c.setl_id
left join elements as e on s.setl_id = e.setl_id
where s.period = $period
order by s.month, s.stratum, s.setl_id
