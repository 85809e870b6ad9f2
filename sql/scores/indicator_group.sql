-- grain: one provider, quarter and group (no group: null)
-- inputs: score.indicator_stay
-- parameters: low, high (multiples that hold where the bureau's parameters give none)
-- known limits: where no payment standard can be computed, a case is held against the mean cost of its group in the quarter
with typical as (
    select
        grp_type,
        grp_ver,
        grp_code,
        quarter,
        sum(cost) as group_cost,
        count(*) as group_cases
    from score.indicator_stay
    where grp_code is not null
    group by grp_type, grp_ver, grp_code, quarter
),

held as (
    select
        s.fixmedins_code,
        s.quarter,
        s.grp_type,
        s.grp_ver,
        s.grp_code,
        s.cost,
        s.days,
        s.wt,
        s.has_condition,
        s.infected,
        s.readmitted,
        case when s.standard > 0 then 1 else 0 end as by_standard,
        case
            when s.grp_code is null then null
            when s.standard > 0 then cast(s.cost as double) / cast(s.standard as double)
            else cast(s.cost as double) * t.group_cases / cast(t.group_cost as double)
        end as multiple,
        coalesce(s.low_mult, $low) as low_mult,
        coalesce(s.high_mult, $high) as high_mult
    from score.indicator_stay as s
    left join typical as t
        on s.grp_type = t.grp_type and s.grp_ver = t.grp_ver and s.grp_code = t.grp_code and s.quarter = t.quarter
)

select
    fixmedins_code,
    quarter,
    grp_type,
    grp_ver,
    grp_code,
    count(*) as cases,
    sum(cost) as cost,
    cast(sum(days) as bigint) as days,
    sum(wt) as wt,
    cast(sum(case when wt > 0 then 1 else 0 end) as bigint) as weighted,
    cast(sum(by_standard) as bigint) as by_standard,
    cast(sum(case when multiple <= low_mult then 1 else 0 end) as bigint) as low_cases,
    cast(sum(case when multiple >= high_mult then 1 else 0 end) as bigint) as high_cases,
    cast(sum(has_condition) as bigint) as has_condition,
    cast(sum(infected) as bigint) as infected,
    cast(sum(readmitted) as bigint) as readmitted
from held
group by fixmedins_code, quarter, grp_type, grp_ver, grp_code
order by fixmedins_code, quarter, grp_type, grp_ver, grp_code
