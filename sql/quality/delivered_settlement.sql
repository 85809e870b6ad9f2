-- grain: one row a settlement that lies in the period or was delivered in one of its months; one flag a check
-- inputs: temp.work_settlement, temp.work_file
-- parameters: $start_on, $before, $as_of (timestamp or null)
-- known limits: a settlement of the first day after its delivery's month is let pass, since extracts close after midnight
with placed as (
    select s.setl_id, s.fixmedins_code, s.setl_time, f.month_start
    from temp.work_settlement as s
    left join temp.work_file as f on s.file_id = f.file_id
    where (s.setl_time >= $start_on and s.setl_time < $before) or (f.month_start >= $start_on and f.month_start < $before)
)

select
    fixmedins_code,
    setl_id as example,
    case
        when setl_time > cast($as_of as timestamp) then 1
        when setl_time >= month_start + interval 1 month + interval 1 day then 1
        when cast($as_of as timestamp) is not null or month_start is not null then 0
    end as setl_not_future
from placed
