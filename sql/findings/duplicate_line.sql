-- One service settled twice (重复享受待遇): the same charge in two settlements of one person, or under two insurances on one day.
-- grain: one rule and the fee line settled later
-- inputs: core.fee_line, core.settlement, finding.newborn, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $look_back_days
-- known limits: the same charge means person, provider, item, moment to the second, quantity and amount; charges that carry a date without
--   a time are the same only under two insurances, or with the same prescription number; the first of like charges of a settlement
--   answers to the first of the other, the second to the second: one charge is not settled twice by two;
--   newborns settled under a parent's number (twins) have visits of their own, which are not set beside each other
with asked as (
    select psn_id, fixmedins_code
    from core.settlement
    where quarter between $period_from and $period_to
    group by psn_id, fixmedins_code
),

-- neighbours in the order of their first days tell whose days can touch another's: few, so that only they are compared
placed as (
    select
        s.setl_id, s.psn_id, s.fixmedins_code, s.begndate, s.enddate,
        max(s.enddate) over (
            partition by s.psn_id, s.fixmedins_code
            order by s.begndate, s.setl_id
            rows between unbounded preceding and 1 preceding
        ) as ended_before,
        lead(s.begndate) over (partition by s.psn_id, s.fixmedins_code order by s.begndate, s.setl_id) as begins_next
    from core.settlement as s
    inner join asked as k on s.psn_id = k.psn_id and s.fixmedins_code = k.fixmedins_code
    where s.refund_state <> 'full'
),

close as (
    select setl_id, psn_id, fixmedins_code, begndate, enddate
    from placed
    where ended_before >= begndate or begins_next <= enddate
),

together as (
    select a.setl_id
    from close as a
    inner join close as b
        on
            a.psn_id = b.psn_id and a.fixmedins_code = b.fixmedins_code and a.setl_id <> b.setl_id
            and a.begndate <= b.enddate and a.enddate >= b.begndate
    group by a.setl_id
),

charged as not materialized (
    select
        l.bkkp_sn, l.setl_id, l.psn_id, l.fixmedins_code, l.item_code, l.item_name, l.service_date, l.fee_ocur_time, l.cnt, l.pric,
        l.det_item_fee_sumamt, l.rxno, l.quarter, l.setl_time
    from core.fee_line as l
    inner join together as t on l.setl_id = t.setl_id
    where l.state = 'settled' and l.cnt > 0 and l.det_item_fee_sumamt > 0
),

-- what two settlements charged alike: few, so that only these lines are put in order
alike as (
    select psn_id, fixmedins_code, item_code, service_date, cnt, det_item_fee_sumamt
    from charged
    group by psn_id, fixmedins_code, item_code, service_date, cnt, det_item_fee_sumamt
    having min(setl_id) <> max(setl_id)
),

line as (
    select
        l.*, s.insutype, s.mdtrt_id as visit_id, n.mdtrt_id is not null as is_newborn,
        l.fee_ocur_time = cast(l.service_date as timestamp) as is_dated_only,
        row_number() over (
            partition by l.setl_id, l.item_code, l.service_date, l.cnt, l.det_item_fee_sumamt
            order by l.fee_ocur_time, l.bkkp_sn
        ) as turn_of_day,
        row_number() over (
            partition by
                l.setl_id, l.item_code, l.fee_ocur_time, l.cnt, l.det_item_fee_sumamt,
                case when l.fee_ocur_time = cast(l.service_date as timestamp) then l.rxno end
            order by l.bkkp_sn
        ) as turn_of_moment
    from charged as l
    inner join alike as a
        on
            l.psn_id = a.psn_id and l.fixmedins_code = a.fixmedins_code and l.item_code = a.item_code
            and l.service_date = a.service_date and l.cnt = a.cnt and l.det_item_fee_sumamt = a.det_item_fee_sumamt
    inner join core.settlement as s on l.setl_id = s.setl_id
    left join finding.newborn as n on s.mdtrt_id = n.mdtrt_id
),

pair as (
    select
        a.*,
        b.bkkp_sn as first_bkkp_sn, b.setl_id as first_setl_id, b.insutype as first_insutype, b.setl_time as first_setl_time,
        row_number() over (partition by a.bkkp_sn order by b.setl_time, b.setl_id, b.bkkp_sn) as place
    from line as a
    inner join line as b
        on
            a.psn_id = b.psn_id and a.fixmedins_code = b.fixmedins_code and a.item_code = b.item_code
            and a.service_date = b.service_date and a.cnt = b.cnt and a.det_item_fee_sumamt = b.det_item_fee_sumamt
            and a.setl_id <> b.setl_id
    where
        a.quarter between $period_from and $period_to
        and (a.setl_time > b.setl_time or (a.setl_time = b.setl_time and a.setl_id > b.setl_id))
        and date_diff('day', b.setl_time, a.setl_time) <= $look_back_days
        and not ((a.is_newborn or b.is_newborn) and a.visit_id <> b.visit_id)
        and (
            (a.insutype <> b.insutype and a.turn_of_day = b.turn_of_day)
            or (
                a.insutype = b.insutype and a.fee_ocur_time = b.fee_ocur_time and a.turn_of_moment = b.turn_of_moment
                and (not a.is_dated_only or a.rxno = b.rxno)
            )
        )
)

select
    r.rule_id,
    p.quarter as period,
    p.fixmedins_code,
    p.setl_id,
    p.bkkp_sn,
    p.item_code,
    p.item_name,
    p.cnt,
    p.pric,
    cast(0 as decimal(18, 4)) as allowed,
    cast(p.cnt as decimal(18, 4)) as excess,
    p.det_item_fee_sumamt as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'line' as claim_kind,
    to_json({
        'fee_ocur_time': cast(p.fee_ocur_time as varchar),
        'first_bkkp_sn': p.first_bkkp_sn,
        'first_insutype': p.first_insutype,
        'first_setl_id': p.first_setl_id,
        'first_setl_time': cast(p.first_setl_time as varchar),
        'insutype': p.insutype
    }) as evidence,
    concat(
        '“', coalesce(p.item_name, p.item_code), '”', cast(p.service_date as varchar), '的同一笔费用已在另一笔结算',
        case when p.insutype <> p.first_insutype then '（另一险种）' else '' end, '中支付，与“', r.rule_name, '”的情形相符'
    ) as reason,
    cast(null as varchar) as basis_id
from pair as p
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id) and p.place = 1
