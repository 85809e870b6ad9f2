-- grain: one provider: total fund money paid in the window, the baseline a bureau would rank by
-- inputs: core.settlement
-- parameters: start, until (dates, until exclusive)
-- known limits: none; it is meant to be naive
select
    fixmedins_code,
    cast(sum(paid) as double) as total_paid
from core.settlement
where
    source = 'setl_d'
    and setl_time >= cast($start as date)
    and setl_time < cast($until as date)
group by fixmedins_code
order by fixmedins_code
