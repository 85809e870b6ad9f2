-- Alerts before the charge that were overridden.
-- grain: alert_id
-- inputs: cur.pre_alert_d
-- parameters: $before
-- limits: alerts without a settlement cannot be held against a decision
select alert_id, fixmedins_code, rule_id, setl_id, bilg_dr_codg as dr_code
from cur.pre_alert_d
where heeded = '0' and setl_id is not null and alert_time < $before
order by alert_id
