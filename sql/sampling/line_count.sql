-- Fee lines of the settlements that passed: the elements of a case.
-- grain: setl_id
-- inputs: score.review_placed, core.fee_line
-- parameters: none
-- limits: a settlement without lines counts as one element
select p.setl_id, count(*) as lines
from score.review_placed as p
inner join core.fee_line as l on p.setl_id = l.setl_id
where l.state = 'settled' and not l.refunded
group by p.setl_id
