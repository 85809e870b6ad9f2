-- Settlements with a line in scope: beside it a line without an amount in scope is one that the person paid alone.
-- grain: setl_id
-- inputs: core.fee_line, core.settlement
-- parameters: none
-- known limits: where no line of a settlement is in scope (the column was not delivered) nothing tells whose a line is
select s.setl_id
from core.settlement as s
inner join (
    select setl_no
    from core.fee_line
    where state = 'settled' and inscp_scp_amt > 0
    group by setl_no
) as l on s.setl_no = l.setl_no
