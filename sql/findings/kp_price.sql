-- Items charged above their price cap: the excess over the cap, less what the person already bore as over the limit.
-- grain: one rule and fee line
-- inputs: finding.restricted, finding.kp_price, finding.rule
-- parameters: $rule_ids, $period_from, $period_to
-- known limits: cap and price must be for the same unit; where less was charged than price times quantity (a reduction, a
--   difference returned without quantity) what was charged is held against the cap; where the level is unknown only a cap for
--   all levels applies
with capped as (
    select
        o.*,
        k.rule_id,
        r.rule_name,
        k.pric_uplmt_amt,
        k.hosp_lv as cap_hosp_lv,
        k.valid_from,
        k.basis_id,
        coalesce(o.name, k.subject_name, o.item_code) as item_name,
        o.gross_amount - o.overlmt_amt as payable,
        case
            when o.gross_amount < round(o.pric * cast(o.cnt as decimal(28, 4)), 2)
                then o.gross_amount - k.pric_uplmt_amt * cast(o.cnt as decimal(28, 4))
            else (o.pric - k.pric_uplmt_amt) * cast(o.cnt as decimal(28, 4))
        end - o.overlmt_amt as over_cap,
        row_number() over (
            partition by k.rule_id, o.bkkp_sn, k.subject_code
            order by case when k.hosp_lv is null then 1 else 0 end, k.valid_from
        ) as closest
    from finding.restricted as o
    inner join finding.kp_price as k
        on o.subject_code = k.subject_code and o.service_date between k.valid_from and k.valid_until
    inner join finding.rule as r on k.rule_id = r.rule_id and o.kind = r.subject_kind
    where
        list_contains($rule_ids, k.rule_id)
        and o.kind = 'item'
        and o.period between $period_from and $period_to
        and (k.hosp_lv is null or k.hosp_lv = o.hosp_lv)
),

met as (
    select
        *,
        least(over_cap, payable) as at_stake,
        row_number() over (
            partition by rule_id, bkkp_sn
            order by over_cap desc, subject_code asc, valid_from asc
        ) as place
    from capped
    where closest = 1 and over_cap > 0 and payable > 0
)

select
    rule_id, period, fixmedins_code, setl_id, bkkp_sn, item_code, item_name, cnt, pric, claim_kind, basis_id,
    cast(pric_uplmt_amt as decimal(18, 4)) as allowed,
    cast(pric - pric_uplmt_amt as decimal(18, 4)) as excess,
    cast(round(at_stake, 2) as decimal(16, 2)) as gross_amount,
    cast(at_stake as decimal(20, 4)) as part_num,
    cast(payable as decimal(20, 4)) as part_den,
    to_json({
        'cap': cast(pric_uplmt_amt as varchar),
        'cap_hosp_lv': coalesce(cap_hosp_lv, ''),
        'overlmt_amt': cast(overlmt_amt as varchar),
        'pric': cast(pric as varchar),
        'service_date': cast(service_date as varchar),
        'subject_code': subject_code,
        'valid_from': cast(valid_from as varchar)
    }) as evidence,
    concat(
        '“', item_name, '”单价', rtrim(rtrim(cast(pric as varchar), '0'), '.'), '元，高于限价',
        rtrim(rtrim(cast(pric_uplmt_amt as varchar), '0'), '.'), '元，超出部分', cast(cast(round(at_stake, 2) as decimal(16, 2)) as varchar),
        '元，与“', rule_name, '”的情形相符'
    ) as reason
from met
where place = 1 and round(at_stake, 2) > 0
