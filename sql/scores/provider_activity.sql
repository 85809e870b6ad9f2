-- grain: one provider of the area with its peers and what the window's settlements say about its size
-- inputs: core.settlement, score.peer
-- parameters: start, until (dates, until exclusive)
-- known limits: providers known only from settlements elsewhere are not the bureau's to inspect and are left out
with active as (
    select
        fixmedins_code,
        count(*) as cases,
        sum(paid) as fund_amount
    from core.settlement
    where
        source = 'setl_d'
        and setl_time >= cast($start as date)
        and setl_time < cast($until as date)
    group by fixmedins_code
),

elsewhere as (
    select fixmedins_code
    from core.settlement
    group by fixmedins_code
    having min(source) = 'outmed_setl_d' and max(source) = 'outmed_setl_d'
)

select
    p.fixmedins_code,
    p.fixmedins_name,
    p.peer_group,
    coalesce(a.cases, 0) as cases,
    cast(coalesce(a.fund_amount, 0) as decimal(16, 2)) as fund_amount
from score.peer as p
left join active as a on p.fixmedins_code = a.fixmedins_code
where p.fixmedins_code not in (select fixmedins_code from elsewhere)
order by p.fixmedins_code
