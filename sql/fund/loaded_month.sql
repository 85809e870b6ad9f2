-- Months with settlements of the area's own insured.
-- grain: month
-- inputs: core.settlement
-- parameters: $before
-- limits: a month counts as loaded as soon as it holds one settlement
select month
from core.settlement
where month < $before and recovery_route in ('local', 'referral')
group by month
order by month
