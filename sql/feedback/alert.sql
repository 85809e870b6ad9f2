-- Alerts before the charge, and how many were heeded.
-- grain: rule_id
-- inputs: cur.pre_alert_d
-- parameters: $first_day, $before
-- limits: none
select
    rule_id,
    count(*) as alerts,
    sum(case when heeded = '1' then 1 else 0 end) as heeded
from cur.pre_alert_d
where alert_time >= $first_day and alert_time < $before
group by rule_id
order by rule_id
