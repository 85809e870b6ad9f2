-- Cases of second review, upcoding and gathering that a final decision upholds, with the fund money it upholds.
-- grain: candidate_id
-- inputs: money.standing, money.case_rule, money.listed_case, core.settlement, finding.finding
-- parameters: $period, $final_stages, $second_review, $upcoding
-- limits: cases of the period's settlements and of those that its findings touch; the decision names a case by its id alone, so the
--         lists that offered it are only asked for the payment difference, which an upcoding case upheld without an amount claims (and
--         then belongs to the first quarter whose list names it); a gathering case upheld without one claims what the funds paid.
--         Partial without an amount, and second review without one, say nothing yet of how much
with upheld as (
    select candidate_id, outcome, stage, decided_on, fund_amount
    from money.standing
    where outcome in ('upheld', 'partial') and coalesce(array_position($final_stages, stage), 0) > 0
),

reached as (
    select setl_id
    from core.settlement
    where quarter = $period
    union
    select setl_id
    from finding.finding
    where period = $period and setl_id is not null
    union
    select setl_id
    from money.listed_case
    where period = $period
),

named as (
    select r.rule_id, r.rule_name, c.setl_id, sha256(r.rule_id || '|' || c.setl_id || '|') as candidate_id
    from reached as c
    cross join money.case_rule as r
),

told as (
    select
        n.candidate_id, n.rule_id, n.rule_name, n.setl_id, s.fixmedins_code, s.grp_code, l.supported_grp_code, s.paid,
        u.outcome, u.stage, u.decided_on, u.fund_amount,
        case when n.rule_id = $upcoding and u.fund_amount is null then l.period else s.quarter end as period,
        case
            when u.fund_amount is not null then u.fund_amount
            when u.outcome = 'partial' or n.rule_id = $second_review then null
            when n.rule_id = $upcoding then l.payment_difference
            else s.paid
        end as upheld
    from upheld as u
    inner join named as n on u.candidate_id = n.candidate_id
    inner join core.settlement as s on n.setl_id = s.setl_id
    left join money.listed_case as l on n.rule_id = $upcoding and n.setl_id = l.setl_id
)

select
    candidate_id, rule_id, rule_name, period, fixmedins_code, setl_id, paid, grp_code, supported_grp_code, outcome, stage, decided_on,
    cast(upheld as decimal(16, 2)) as upheld
from told
where upheld > 0 and paid > 0 and period is not null
order by candidate_id
