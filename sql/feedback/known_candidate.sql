-- Candidates found now, with the rule and settlement behind them.
-- grain: candidate_id
-- inputs: money.claim
-- parameters: none
-- limits: candidates issued earlier and no longer found are in the register
select candidate_id, max(rule_id) as rule_id, max(setl_id) as setl_id, max(fund_amount) as claimed
from money.claim
group by candidate_id
order by candidate_id
