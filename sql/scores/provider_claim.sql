-- grain: one provider and rule: claims, fund money and the sum of its squares by insured person, decided cases behind the rule
-- inputs: money.claim
-- parameters: start, until (dates), first_quarter, last_quarter (claims without a settlement go by their period), decided_cases (their
--   codes)
-- known limits: withdrawn, overturned and already recovered claims do not count, nor decided cases: no rule found them, and the models
--   that did have scores of their own
with claim as (
    select
        fixmedins_code,
        rule_id,
        rule_name,
        cast(confidence as double) as confidence,
        case when confidence_basis <> 'prior' then cast(confidence_basis as bigint) else 0 end as decided,
        fund_amount,
        coalesce(psn_id, candidate_id) as person
    from money.claim
    where
        coalesce(status, 'new') not in ('withdrawn', 'overturned', 'recovered')
        and coalesce(array_position($decided_cases, rule_id), 0) = 0
        and (
            (setl_time >= cast($start as date) and setl_time < cast($until as date))
            or (setl_time is null and period >= $first_quarter and period <= $last_quarter)
        )
),

by_person as (
    select
        fixmedins_code,
        rule_id,
        max(rule_name) as rule_name,
        max(confidence) as confidence,
        max(decided) as decided,
        person,
        count(*) as claims,
        sum(fund_amount) as fund_amount
    from claim
    group by fixmedins_code, rule_id, person
)

select
    fixmedins_code,
    rule_id,
    max(rule_name) as rule_name,
    max(confidence) as confidence,
    cast(max(decided) as bigint) as decided,
    cast(sum(claims) as bigint) as claims,
    sum(fund_amount) as fund_amount,
    sum(cast(fund_amount as decimal(18, 2)) * cast(fund_amount as decimal(18, 2))) as fund_square
from by_person
group by fixmedins_code, rule_id
order by fixmedins_code, rule_id
