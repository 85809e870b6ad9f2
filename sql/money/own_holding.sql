-- Issued candidates of this period, and whether a decision cut what they were issued with last.
-- grain: candidate_id; cut
-- inputs: money.candidate, money.issued, money.standing
-- parameters: none
-- limits: none
select distinct c.candidate_id, coalesce(s.decided_amount = i.fund_amount, false) as cut
from money.candidate as c
inner join money.issued as i on c.candidate_id = i.candidate_id
left join money.standing as s on c.candidate_id = s.candidate_id
where c.held
order by c.candidate_id
