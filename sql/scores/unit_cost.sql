-- grain: one group at one unit: provider, department of a provider, doctor of a provider
-- inputs: score.cost_case, score.peer
-- parameters: none
-- known limits: sums of logarithms are decimals, so that they do not depend on the order of threads
with unit as (
    select
        'provider' as level,
        fixmedins_code,
        fixmedins_code as unit_code,
        grp_type,
        grp_ver,
        grp_code,
        months,
        cost,
        held_cost,
        log_cost
    from score.cost_case
    union all
    select
        'department' as level,
        fixmedins_code,
        dept_code as unit_code,
        grp_type,
        grp_ver,
        grp_code,
        months,
        cost,
        held_cost,
        log_cost
    from score.cost_case
    where dept_code is not null
    union all
    select
        'doctor' as level,
        fixmedins_code,
        doctor_code as unit_code,
        grp_type,
        grp_ver,
        grp_code,
        months,
        cost,
        held_cost,
        log_cost
    from score.cost_case
    where doctor_code is not null
)

select
    u.level,
    u.fixmedins_code,
    u.unit_code,
    p.peer_group,
    p.wide_group,
    u.grp_type,
    u.grp_ver,
    u.grp_code,
    count(*) as cases,
    cast(sum(u.months) as bigint) as months,
    sum(u.cost) as cost,
    sum(u.held_cost) as held_cost,
    sum(u.log_cost) as log_sum,
    sum(cast(u.log_cost * u.log_cost as decimal(18, 9))) as log_square
from unit as u
inner join score.peer as p on u.fixmedins_code = p.fixmedins_code
group by u.level, u.fixmedins_code, u.unit_code, p.peer_group, p.wide_group, u.grp_type, u.grp_ver, u.grp_code
order by u.level, u.grp_type, u.grp_ver, u.grp_code, u.fixmedins_code, u.unit_code
