-- What each rule puts forward by quarter, after netting.
-- grain: rule_id, period
-- inputs: money.claim
-- parameters: none
-- limits: withdrawn, overturned and recovered rows hold nothing
select rule_id, period, cast(sum(fund_amount) as decimal(16, 2)) as fund_amount
from money.claim
group by rule_id, period
order by rule_id, period
