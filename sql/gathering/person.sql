-- grain: one person with visits in the window; person = a dense number from 0 in the order of psn_id
-- inputs: core.settlement
-- parameters: start, until (dates, until exclusive)
-- known limits: the numbers hold for one window only
select
    psn_id,
    row_number() over (order by psn_id) - 1 as person
from core.settlement
where
    setl_time >= cast($start as date)
    and setl_time < cast($until as date)
    and coalesce(refund_state, 'none') <> 'full'
group by psn_id
