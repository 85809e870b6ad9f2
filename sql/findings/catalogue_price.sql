-- Items charged above the catalogue's price cap (价格监测): the excess over the cap, less what the person already bore as over the limit.
-- grain: one rule and fee line
-- inputs: core.fee_line, core.code, core.settlement, cur.hilist_b, finding.rule
-- parameters: $rule_ids, $period_from, $period_to
-- known limits: cap and price must be for the same unit; of several versions valid on the day the highest cap counts; where less was
--   charged than price times quantity (a reduction, a difference returned without quantity) what was charged is held against the cap
with cap as (
    select
        c.code_no, h.pric_uplmt_amt,
        coalesce(h.valid_from, date '1900-01-01') as valid_from,
        coalesce(h.valid_to, date '9999-12-31') as valid_until
    from cur.hilist_b as h
    inner join core.code as c on upper(h.hilist_code) = upper(case when c.hilist_code <> '' then c.hilist_code else c.code end)
    where h.pric_uplmt_amt > 0 and c.kind = 'item'
),

dear as (
    select
        l.bkkp_sn, l.setl_id, l.fixmedins_code, l.quarter, l.code_no, l.item_code, l.hilist_code, l.item_name, l.cnt, l.pric,
        l.service_date, l.det_item_fee_sumamt, coalesce(l.overlmt_amt, 0) as overlmt_amt, max(h.pric_uplmt_amt) as cap
    from core.fee_line as l
    inner join cap as h
        on
            l.code_no = h.code_no
            and l.pric > h.pric_uplmt_amt
            and l.service_date between h.valid_from and h.valid_until
    where l.state = 'settled' and l.cnt > 0 and l.quarter between $period_from and $period_to
    group by
        l.bkkp_sn, l.setl_id, l.fixmedins_code, l.quarter, l.code_no, l.item_code, l.hilist_code, l.item_name, l.cnt, l.pric,
        l.service_date, l.det_item_fee_sumamt, coalesce(l.overlmt_amt, 0)
),

over as (
    select
        d.*,
        d.det_item_fee_sumamt - d.overlmt_amt as payable,
        case
            when d.det_item_fee_sumamt < round(d.pric * cast(d.cnt as decimal(28, 4)), 2)
                then d.det_item_fee_sumamt - d.cap * cast(d.cnt as decimal(28, 4))
            else (d.pric - d.cap) * cast(d.cnt as decimal(28, 4))
        end - d.overlmt_amt as over_cap
    from dear as d
    left join cap as h
        on
            d.code_no = h.code_no
            and d.pric <= h.pric_uplmt_amt
            and d.service_date between h.valid_from and h.valid_until
    where h.code_no is null
),

met as (
    select
        *,
        least(over_cap, payable) as at_stake
    from over
    where over_cap > 0 and payable > 0
)

select
    r.rule_id,
    m.quarter as period,
    m.fixmedins_code,
    m.setl_id,
    m.bkkp_sn,
    m.item_code,
    m.item_name,
    m.cnt,
    m.pric,
    cast(m.cap as decimal(18, 4)) as allowed,
    cast(m.pric - m.cap as decimal(18, 4)) as excess,
    cast(round(m.at_stake, 2) as decimal(16, 2)) as gross_amount,
    cast(m.at_stake as decimal(20, 4)) as part_num,
    cast(m.payable as decimal(20, 4)) as part_den,
    'line' as claim_kind,
    to_json({
        'cap': cast(m.cap as varchar),
        'hilist_code': coalesce(m.hilist_code, m.item_code),
        'overlmt_amt': cast(m.overlmt_amt as varchar),
        'pric': cast(m.pric as varchar),
        'service_date': cast(m.service_date as varchar)
    }) as evidence,
    concat(
        '“', coalesce(m.item_name, m.item_code), '”单价', rtrim(rtrim(cast(m.pric as varchar), '0'), '.'), '元，高于目录限价',
        rtrim(rtrim(cast(m.cap as varchar), '0'), '.'), '元，与“', r.rule_name, '”的情形相符'
    ) as reason,
    cast(null as varchar) as basis_id
from met as m
inner join core.settlement as s on m.setl_id = s.setl_id
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id) and s.refund_state <> 'full' and round(m.at_stake, 2) > 0
