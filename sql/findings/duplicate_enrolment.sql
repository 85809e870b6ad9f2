-- Enrolled twice (重复参保): settled under one insurance between two settlements under the one that goes before it.
-- grain: one rule and settlement, case level
-- inputs: core.settlement, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $look_back_days, $kept_insutypes (go before), $other_insutypes
-- known limits: a person who changed from one to the other once is not enrolled twice; which enrolment holds is the agency's question, so
--   nothing is claimed
with kept as (
    select psn_id, setl_id, begndate, insutype, fixmedins_code
    from core.settlement
    where list_contains($kept_insutypes, insutype) and refund_state <> 'full'
),

other as (
    select *
    from core.settlement
    where list_contains($other_insutypes, insutype) and refund_state <> 'full' and paid > 0
),

between_two as (
    select
        o.setl_id,
        max(case when k.begndate < o.begndate then k.begndate end) as before_on,
        min(case when k.begndate > o.begndate then k.begndate end) as after_on,
        min(k.insutype) as kept_insutype
    from other as o
    inner join kept as k on o.psn_id = k.psn_id and abs(date_diff('day', k.begndate, o.begndate)) <= $look_back_days
    group by o.setl_id
),

completed as (
    select
        b.setl_id, b.before_on, b.after_on, b.kept_insutype,
        min(k.setl_id) as after_setl_id,
        min(s.quarter) as after_quarter
    from between_two as b
    inner join other as o on b.setl_id = o.setl_id
    inner join kept as k on o.psn_id = k.psn_id and b.after_on = k.begndate
    inner join core.settlement as s on k.setl_id = s.setl_id
    where b.before_on is not null
    group by b.setl_id, b.before_on, b.after_on, b.kept_insutype
)

select
    r.rule_id,
    greatest(o.quarter, c.after_quarter) as period,
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
        'after_setl_id': c.after_setl_id,
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
from completed as c
inner join other as o on c.setl_id = o.setl_id
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id) and greatest(o.quarter, c.after_quarter) between $period_from and $period_to
