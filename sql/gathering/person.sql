-- grain: one person with visits in the window; person = a dense number from 0 in the order of person_no, which is that of psn_id
-- inputs: core.settlement
-- parameters: start, until (dates, until exclusive)
-- known limits: the numbers hold for one window only
select
    person_no,
    any_value(psn_id) as psn_id,
    row_number() over (order by person_no) - 1 as person
from core.settlement
where
    setl_time >= cast($start as date)
    and setl_time < cast($until as date)
    and coalesce(refund_state, 'none') <> 'full'
    and person_no is not null
group by person_no
