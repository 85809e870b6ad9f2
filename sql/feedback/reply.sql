-- Replies of providers in time order.
-- grain: candidate_id, submitted_on
-- inputs: cur.reply_d
-- parameters: none
-- limits: the provider's words stay in the landing; only its position is followed
select candidate_id, submitted_on, position
from cur.reply_d
order by candidate_id, submitted_on, position
