-- Settlements whose payments this period's claims must know: those of candidates, and those that issued items draw on.
-- grain: setl_id
-- inputs: money.candidate, money.hold_row, money.item_line
-- parameters: none
-- limits: none
select setl_id
from money.candidate
where setl_id is not null
union
select l.setl_id
from money.item_line as l
inner join money.hold_row as h on l.candidate_id = h.candidate_id
