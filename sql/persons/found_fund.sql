-- Who the found settlements belong to, and what the fund paid for them.
-- grain: setl_id of score.person_found
-- inputs: score.person_found (setl_id), core.settlement
-- parameters: none
-- known limits: none
select
    s.setl_id,
    s.psn_id,
    s.paid as fund_amount
from core.settlement as s
inner join score.person_found as w on s.setl_id = w.setl_id
