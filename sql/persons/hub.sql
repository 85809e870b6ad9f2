-- Providers and doctors with the persons they treated, and how many of them are flagged for what happened there.
-- grain: level and unit (provider; provider and doctor)
-- inputs: score.person_settlement, score.person_evidence
-- parameters: $period
-- known limits: a settlement behind several patterns counts its money once, the largest
with evidence as (
    select
        setl_id,
        max(fund_amount) as fund_amount
    from score.person_evidence
    where period = $period
    group by setl_id
),

marked as (
    select
        s.*,
        case when e.setl_id is not null then s.psn_id end as flagged_id,
        coalesce(e.fund_amount, 0) as fund_amount
    from score.person_settlement as s
    left join evidence as e on s.setl_id = e.setl_id
)

select
    'provider' as level,
    fixmedins_code,
    cast(null as varchar) as unit_code,
    max(fixmedins_type) as fixmedins_type,
    count(distinct psn_id) as persons,
    count(distinct flagged_id) as flagged,
    cast(sum(fund_amount) as decimal(16, 2)) as fund_amount
from marked
group by fixmedins_code
union all
select
    'doctor' as level,
    fixmedins_code,
    dr_code as unit_code,
    max(fixmedins_type) as fixmedins_type,
    count(distinct psn_id) as persons,
    count(distinct flagged_id) as flagged,
    cast(sum(fund_amount) as decimal(16, 2)) as fund_amount
from marked
where dr_code is not null
group by fixmedins_code, dr_code
