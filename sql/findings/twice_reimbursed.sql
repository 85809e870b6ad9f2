-- One stay or visit paid twice across regions or windows (异地、手工报销): settled directly and reimbursed again.
-- grain: one rule and the settlement made later, case level
-- inputs: core.settlement, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $look_back_days, $manual_pay_loc (pay_loc of manual reimbursement), $min_fee yuan
-- known limits: the same care means person, days and total fee to the fen, where at least one of the two was reimbursed by hand or
--   one comes from elsewhere (outmed_setl_d) and the other from here; providers are not compared, because
--   manual reimbursements often carry the agency's code; a supplementary settlement of the same visit (mdtrt_id) pays what the
--   first left and is no second payment
with placed as (
    select
        *,
        list_contains($manual_pay_loc, coalesce(pay_loc, '')) as is_manual
    from core.settlement
    where refund_state = 'none' and paid > 0 and medfee_sumamt >= $min_fee
),

pair as (
    select
        a.*,
        b.setl_id as first_setl_id, b.fixmedins_code as first_fixmedins_code, b.source as first_source, b.pay_loc as first_pay_loc,
        b.setl_time as first_setl_time, b.paid as first_paid,
        row_number() over (partition by a.setl_id order by b.setl_time, b.setl_id) as place
    from placed as a
    inner join placed as b
        on
            a.psn_id = b.psn_id and a.begndate = b.begndate and a.enddate = b.enddate and a.medfee_sumamt = b.medfee_sumamt
            and a.setl_id <> b.setl_id and a.mdtrt_id <> b.mdtrt_id
    where
        (a.setl_time > b.setl_time or (a.setl_time = b.setl_time and a.setl_id > b.setl_id))
        and (a.is_manual <> b.is_manual or a.source <> b.source)
        and date_diff('day', b.setl_time, a.setl_time) <= $look_back_days
)

select
    r.rule_id,
    p.quarter as period,
    p.fixmedins_code,
    p.setl_id,
    cast(null as varchar) as bkkp_sn,
    cast(null as varchar) as item_code,
    cast(null as varchar) as item_name,
    cast(null as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 6)) as pric,
    cast(0 as decimal(18, 4)) as allowed,
    cast(null as decimal(18, 4)) as excess,
    cast(p.paid as decimal(16, 2)) as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'case' as claim_kind,
    to_json({
        'begndate': cast(p.begndate as varchar),
        'enddate': cast(p.enddate as varchar),
        'first_fixmedins_code': p.first_fixmedins_code,
        'first_paid': cast(p.first_paid as varchar),
        'first_pay_loc': p.first_pay_loc,
        'first_setl_id': p.first_setl_id,
        'first_setl_time': cast(p.first_setl_time as varchar),
        'first_source': p.first_source,
        'medfee_sumamt': cast(p.medfee_sumamt as varchar)
    }) as evidence,
    concat(
        cast(p.begndate as varchar), '至', cast(p.enddate as varchar), '的就医（总费用', cast(p.medfee_sumamt as varchar), '元）已于',
        cast(cast(p.first_setl_time as date) as varchar), '结算，又按', case when p.is_manual then '手工报销' else '另一途径' end,
        '支付，与“', r.rule_name, '”的情形相符'
    ) as reason,
    cast(null as varchar) as basis_id
from pair as p
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id) and p.place = 1 and p.quarter between $period_from and $period_to
