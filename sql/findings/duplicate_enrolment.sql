-- Enrolled twice (重复参保): settled under one insurance between two settlements under the one that goes before it.
-- grain: one rule and settlement, case level
-- inputs: core.settlement, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $look_back_days, $kept_insutypes (go before), $other_insutypes
-- known limits: a person who changed from one to the other once is not enrolled twice; which enrolment holds is the agency's question, so
--   nothing is claimed
with kept as (
    select psn_id, setl_id, begndate, insutype, quarter
    from core.settlement
    where list_contains($kept_insutypes, insutype) and refund_state <> 'full'
),

other as (
    select *
    from core.settlement
    where list_contains($other_insutypes, insutype) and refund_state <> 'full' and paid > 0
),

beside as (
    select
        o.setl_id, o.quarter as own_quarter, k.setl_id as kept_setl_id, k.begndate, k.insutype, k.quarter,
        case when k.begndate < o.begndate then 1 else 0 end as is_before
    from other as o
    inner join kept as k on o.psn_id = k.psn_id and abs(date_diff('day', k.begndate, o.begndate)) <= $look_back_days
    where k.begndate <> o.begndate
),

-- as soon as one before and one after it are settled, whatever is settled later
completed as (
    select
        setl_id,
        greatest(
            own_quarter, min(case when is_before = 1 then quarter end), min(case when is_before = 0 then quarter end)
        ) as period
    from beside
    group by setl_id, own_quarter
    having count(distinct is_before) = 2
),

shown as (
    select
        c.setl_id, c.period,
        max(case when b.is_before = 1 then b.begndate end) as before_on,
        min(case when b.is_before = 0 then b.begndate end) as after_on,
        min(case when b.is_before = 0 then {
            'begndate': b.begndate,
            'setl_id': b.kept_setl_id
        } end) as after,
        min(b.insutype) as kept_insutype
    from completed as c
    inner join beside as b on c.setl_id = b.setl_id and c.period >= b.quarter
    group by c.setl_id, c.period
)

select
    r.rule_id,
    c.period,
    o.fixmedins_code,
    o.setl_id,
    cast(null as varchar) as bkkp_sn,
    cast(null as varchar) as item_code,
    cast(null as varchar) as item_name,
    cast(null as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 6)) as pric,
    cast(null as decimal(18, 4)) as allowed,
    cast(null as decimal(18, 4)) as excess,
    cast(o.paid as decimal(16, 2)) as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'none' as claim_kind,
    to_json({
        'after_on': cast(c.after_on as varchar),
        'after_setl_id': c.after.setl_id,
        'amount_is': 'paid for the settlement, not the loss',
        'before_on': cast(c.before_on as varchar),
        'insutype': o.insutype,
        'kept_insutype': c.kept_insutype
    }) as evidence,
    concat(
        cast(o.begndate as varchar), '按险种', o.insutype, '结算，而前后（', cast(c.before_on as varchar), '、', cast(c.after_on as varchar),
        '）均按险种', c.kept_insutype, '结算，与“', r.rule_name, '”的情形相符，需核实参保关系'
    ) as reason,
    cast(null as varchar) as basis_id
from shown as c
inner join other as o on c.setl_id = o.setl_id
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id) and c.period between $period_from and $period_to
