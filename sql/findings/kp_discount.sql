-- Operations of one session of which only the dearest is payable in full, the others at a share of their full price.
-- grain: one rule and fee line
-- inputs: finding.restricted, finding.kp_discount, finding.rule, cur.hilist_b
-- optional: cur.hilist_b (without it a price that nobody charged first of a session is known to nobody)
-- parameters: $rule_ids, $period_from, $period_to
-- known limits: a session = the rule's subjects charged to one person in one visit on one day; an item's full price is the
--   highest at which the provider charged it while the point was valid, so a line already reduced is compared with that;
--   lines that nobody charged in full anywhere look unreduced; separate sessions on one day cannot be told apart; a quantity
--   below one, or the rest of one, is an operation that was reduced by its quantity; where the provider never charged an item
--   first of a session, its full price is at most the catalogue's cap, the highest of several: what is above the share of that
--   is a claim, and without a cap a question (claim_kind none)
with hit as (
    select
        o.*,
        k.rule_id,
        r.rule_name,
        k.ratio,
        k.valid_from,
        k.basis_id,
        coalesce(o.name, k.subject_name, o.item_code) as item_name,
        cast(
            max(o.pric) over (partition by k.rule_id, k.subject_code, k.valid_from, o.fixmedins_code, o.item_code)
            as decimal(28, 6)
        ) as full_price,
        cast(ceil(o.cnt) as decimal(16, 4)) as operations,
        row_number() over (partition by k.rule_id, o.bkkp_sn order by k.ratio desc, k.subject_code asc, k.valid_from asc) as closest
    from finding.restricted as o
    inner join finding.kp_discount as k
        on o.subject_code = k.subject_code and o.service_date between k.valid_from and k.valid_until
    inner join finding.rule as r on k.rule_id = r.rule_id and o.kind = r.subject_kind
    where list_contains($rule_ids, k.rule_id) and o.kind = 'item'
),

ordered as (
    select
        *,
        coalesce(sum(operations) over (
            partition by rule_id, psn_id, fixmedins_code, mdtrt_id, service_date
            order by full_price desc, fee_ocur_time asc, bkkp_sn asc
            rows between unbounded preceding and 1 preceding
        ), 0) as before,
        max(setl_time) over (partition by rule_id, psn_id, fixmedins_code, mdtrt_id, service_date) as completed
    from hit
    where closest = 1
),

priced as (
    select
        *,
        max(case when before = 0 and pric = full_price then 1 else 0 end) over (
            partition by rule_id, subject_code, valid_from, fixmedins_code, item_code
        ) = 1 as price_known
    from ordered
),

allowed as (
    select
        *,
        concat(cast(year(completed) as varchar), 'Q', cast(quarter(completed) as varchar)) as completed_in,
        cast(greatest(least(operations, 1 - before), 0) as decimal(16, 4)) as in_full
    from priced
    where before + operations > 1
),

-- of the few prices that the provider's own bills do not tell
cap as (
    select
        a.rule_id, a.bkkp_sn,
        cast(max(h.pric_uplmt_amt) as decimal(28, 6)) as pric_uplmt_amt
    from allowed as a
    inner join cur.hilist_b as h
        on
            upper(coalesce(nullif(a.hilist_code, ''), a.item_code)) = upper(h.hilist_code)
            and a.service_date between coalesce(h.valid_from, date '1900-01-01') and coalesce(h.valid_to, date '9999-12-31')
    where not a.price_known and h.pric_uplmt_amt > 0
    group by a.rule_id, a.bkkp_sn
),

held as (
    select
        a.* exclude (full_price, price_known),
        greatest(a.full_price, coalesce(c.pric_uplmt_amt, 0)) as full_price,
        a.price_known or c.bkkp_sn is not null as price_known
    from allowed as a
    left join cap as c on a.rule_id = c.rule_id and a.bkkp_sn = c.bkkp_sn
),

met as (
    select
        *,
        gross_amount - (in_full * full_price + (operations - in_full) * full_price * ratio) as exact_over
    from held
    where completed_in between $period_from and $period_to
)

select
    rule_id, completed_in as period, fixmedins_code, setl_id, bkkp_sn, item_code, item_name, cnt, pric, basis_id,
    case when price_known then claim_kind else 'none' end as claim_kind,
    cast(gross_amount - exact_over as decimal(18, 4)) as allowed,
    cast(exact_over as decimal(18, 4)) as excess,
    cast(round(exact_over, 2) as decimal(16, 2)) as gross_amount,
    cast(exact_over as decimal(20, 4)) as part_num,
    cast(gross_amount as decimal(20, 4)) as part_den,
    to_json({
        'completed': cast(completed as varchar),
        'full_price': cast(cast(full_price as decimal(16, 6)) as varchar),
        'full_price_known': price_known,
        'in_full': cast(in_full as varchar),
        'ratio': cast(ratio as varchar),
        'service_date': cast(service_date as varchar),
        'subject_code': subject_code,
        'valid_from': cast(valid_from as varchar)
    }) as evidence,
    concat(
        '“', item_name, '”与同次手术的其他项目同日收费，应按原价的', rtrim(rtrim(cast(cast(ratio * 100 as decimal(9, 2)) as varchar), '0'), '.'), '%计价，超出',
        cast(cast(round(exact_over, 2) as decimal(16, 2)) as varchar),
        '元，与“', rule_name, '”的情形相符'
    ) as reason
from met
where round(exact_over, 2) > 0
