-- grain: one person with visits in the window; person = a dense number from 0 in the order of person_no, which is that of psn_id
-- inputs: core.settlement, core.person
-- parameters: start, until (dates, until exclusive)
-- known limits: the numbers hold for one window only
with seen as (
    select person_no
    from core.settlement
    where
        setl_time >= cast($start as date)
        and setl_time < cast($until as date)
        and coalesce(refund_state, 'none') <> 'full'
    group by person_no
)

select
    p.person_no,
    p.psn_id,
    row_number() over (order by p.person_no) - 1 as person
from seen as s
inner join core.person as p on s.person_no = p.person_no
