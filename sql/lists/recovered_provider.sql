-- Money that came back of a quarter: for its settlements, and by provider without any settlement.
-- grain: fixmedins_code
-- inputs: cur.recovered_d, core.settlement, core.fee_line, core.provider
-- parameters: $period
-- limits: a recovery belongs to the quarter of its settlement, else to the period that it names
with placed as (
    select
        coalesce(s.fixmedins_code, r.fixmedins_code) as fixmedins_code,
        case when s.setl_id is not null then r.fund_amount else 0 end as by_settlement,
        case when s.setl_id is null then r.fund_amount else 0 end as by_provider,
        coalesce(s.quarter, r.period) as period
    from cur.recovered_d as r
    left join core.fee_line as l on r.setl_id is null and r.bkkp_sn = l.bkkp_sn
    left join core.settlement as s on coalesce(r.setl_id, l.setl_id) = s.setl_id
    where s.setl_id is not null or (r.setl_id is null and r.bkkp_sn is null and r.fixmedins_code is not null)
)

select
    p.fixmedins_code,
    max(i.fixmedins_name) as known_name,
    cast(sum(p.by_settlement) as decimal(16, 2)) as recovered_settlement_amount,
    cast(sum(p.by_provider) as decimal(16, 2)) as recovered_provider_amount
from placed as p
left join core.provider as i on p.fixmedins_code = i.fixmedins_code
where p.period = $period
group by p.fixmedins_code
having sum(p.by_settlement) <> 0 or sum(p.by_provider) <> 0
order by p.fixmedins_code
