-- Issued candidates whose money this period's claims cannot touch.
-- grain: candidate_id
-- inputs: money.issued, money.candidate
-- parameters: $period
-- limits: this period's candidates are computed anew and do not hold beforehand; one issued in this period that is no longer
--         found in it is about to be withdrawn, and frees its hold
select i.candidate_id
from money.issued as i
left join (select distinct candidate_id from money.candidate where period = $period) as c on i.candidate_id = c.candidate_id
where i.held and c.candidate_id is null and i.issued_in <> $period
order by i.candidate_id
