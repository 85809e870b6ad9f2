-- grain: one group at one unit of a level: provider, department of a provider, doctor of a provider; ordered by unit
-- inputs: score.cost_case, score.peer
-- parameters: level (provider, department or doctor)
-- known limits: sums are made of decimals, so that they do not depend on the order of threads, and become numbers at the end
with unit as (
    select
        case $level when 'provider' then fixmedins_code when 'department' then dept_code else doctor_code end as unit_code,
        fixmedins_code,
        grp_type,
        grp_ver,
        grp_code,
        months,
        cost,
        held_cost,
        log_cost
    from score.cost_case
),

summed as (
    select
        fixmedins_code,
        unit_code,
        grp_type,
        grp_ver,
        grp_code,
        count(*) as cases,
        cast(sum(months) as bigint) as months,
        cast(sum(cost) as decimal(18, 2)) as cost,
        cast(sum(held_cost) as double) as held_cost,
        cast(sum(log_cost) as double) as log_sum,
        cast(sum(cast(log_cost * log_cost as decimal(18, 9))) as double) as log_square
    from unit
    where unit_code is not null
    group by fixmedins_code, unit_code, grp_type, grp_ver, grp_code
)

select
    cast($level as varchar) as level,
    u.fixmedins_code,
    u.unit_code,
    p.peer_group,
    p.wide_group,
    u.grp_type,
    u.grp_ver,
    u.grp_code,
    u.cases,
    u.months,
    u.cost,
    u.held_cost,
    u.log_sum,
    u.log_square
from summed as u
inner join score.peer as p on u.fixmedins_code = p.fixmedins_code
order by u.fixmedins_code, u.unit_code, u.grp_type, u.grp_ver, u.grp_code
