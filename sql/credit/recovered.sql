-- Money that came back after unannounced inspections (flight) and audits.
-- grain: fixmedins_code, source, decided_on
-- inputs: cur.recovered_d, core.settlement, core.fee_line
-- parameters: $first_day, $before
-- limits: rows that name neither a known settlement nor a provider are left out
select
    coalesce(s.fixmedins_code, r.fixmedins_code) as fixmedins_code, r.source, r.decided_on,
    cast(sum(r.fund_amount) as decimal(16, 2)) as fund_amount
from cur.recovered_d as r
left join core.fee_line as l on r.setl_id is null and r.bkkp_sn = l.bkkp_sn
left join core.settlement as s on coalesce(r.setl_id, l.setl_id) = s.setl_id
where
    r.source in ('flight', 'audit') and r.decided_on >= $first_day and r.decided_on < $before
    and coalesce(s.fixmedins_code, r.fixmedins_code) is not null
group by coalesce(s.fixmedins_code, r.fixmedins_code), r.source, r.decided_on
order by coalesce(s.fixmedins_code, r.fixmedins_code), r.source, r.decided_on
