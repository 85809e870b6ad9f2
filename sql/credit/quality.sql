-- Quarters and checks that can stop the lists in which rows of a provider did not pass.
-- grain: fixmedins_code, period, check_id
-- inputs: quality.result
-- parameters: $quarters (list)
-- limits: quarters that were never made say nothing
select fixmedins_code, period, check_id
from quality.result
where severity = 'fail' and violations > 0 and fixmedins_code is not null and list_contains($quarters, period)
group by fixmedins_code, period, check_id
order by fixmedins_code, period, check_id
