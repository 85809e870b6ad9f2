-- Lines and settlements for which money came back and that the fund still pays for.
-- grain: setl_id, bkkp_sn (null: the settlement as a whole)
-- inputs: cur.recovered_d, core.fee_line, core.settlement
-- parameters: none
-- limits: recoveries that name a provider and a period only belong to no settlement
with named as (
    select
        coalesce(r.setl_id, l.setl_id) as setl_id,
        r.bkkp_sn, r.fund_amount
    from cur.recovered_d as r
    left join core.fee_line as l on r.setl_id is null and r.bkkp_sn = l.bkkp_sn
)

select n.setl_id, n.bkkp_sn
from named as n
inner join core.settlement as s on n.setl_id = s.setl_id
where s.paid > 0
group by n.setl_id, n.bkkp_sn
having sum(n.fund_amount) > 0
