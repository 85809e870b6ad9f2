-- Doctors with lines or cases in a period.
-- grain: fixmedins_code, dr_code
-- inputs: core.fee_line, core.settlement
-- parameters: $first_day, $before
-- limits: a doctor at two providers is two
select fixmedins_code, dr_code
from core.fee_line
where month >= $first_day and month < $before and dr_code is not null
group by fixmedins_code, dr_code
union
select fixmedins_code, chfpdr_code as dr_code
from core.settlement
where month >= $first_day and month < $before and chfpdr_code is not null
group by fixmedins_code, chfpdr_code
order by fixmedins_code, dr_code
