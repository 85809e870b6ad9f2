-- Fee lines that contradict themselves: amount against price times quantity, more in scope than charged, charged after settling.
-- grain: one rule and fee line
-- inputs: core.fee_line, core.settlement, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $tolerance_percent, $days_after, $usual_percent
-- known limits: days outside a stay are a matter of another rule; settlements refunded in part are left out (a refund may
--   return money without quantity); where fewer than $usual_percent of the area's lines agree with price times quantity the
--   price means something else and is not judged
with usual as (
    select
        100 * sum(
            case
                when
                    abs(cast(l.cnt as decimal(28, 4)) * l.pric - l.det_item_fee_sumamt)
                    > greatest(0.05, l.det_item_fee_sumamt * $tolerance_percent / 100)
                    then 0
                else 1
            end
        ) >= $usual_percent * count(*) as products_agree
    from core.fee_line as l
    inner join core.settlement as s on l.setl_id = s.setl_id
    where l.state = 'settled' and l.cnt > 0 and l.det_item_fee_sumamt > 0 and s.refund_state = 'none' and not l.refunded
),

judged as (
    select
        l.*,
        s.quarter as settled_in,
        abs(cast(l.cnt as decimal(28, 4)) * l.pric - l.det_item_fee_sumamt)
        > greatest(0.05, l.det_item_fee_sumamt * $tolerance_percent / 100) as wrong_product,
        coalesce(l.inscp_scp_amt > l.det_item_fee_sumamt, false) as wrong_scope,
        not s.is_inpatient and date_diff('day', cast(s.setl_time as date), l.service_date) > $days_after as wrong_time
    from core.fee_line as l
    inner join core.settlement as s on l.setl_id = s.setl_id
    where
        s.quarter between $period_from and $period_to and l.state = 'settled' and l.cnt > 0 and l.det_item_fee_sumamt > 0
        and s.refund_state = 'none' and not l.refunded
),

met as (
    select
        j.*,
        case
            when j.wrong_scope then '符合政策范围金额大于明细金额'
            when j.wrong_time then '费用发生在结算之后'
            when j.wrong_product and u.products_agree then '金额与单价乘数量不等'
        end as what
    from judged as j
    cross join usual as u
    where j.wrong_product or j.wrong_scope or j.wrong_time
)

select
    r.rule_id,
    m.settled_in as period,
    m.fixmedins_code,
    m.setl_id,
    m.bkkp_sn,
    m.item_code,
    coalesce(m.item_name, m.item_code) as item_name,
    m.cnt,
    m.pric,
    m.det_item_fee_sumamt as gross_amount,
    'none' as claim_kind,
    to_json({
        'cnt': cast(m.cnt as varchar),
        'det_item_fee_sumamt': cast(m.det_item_fee_sumamt as varchar),
        'inscp_scp_amt': coalesce(cast(m.inscp_scp_amt as varchar), ''),
        'pric': cast(m.pric as varchar),
        'service_date': cast(m.service_date as varchar),
        'setl_time': cast(m.setl_time as varchar)
    }) as evidence,
    concat('“', coalesce(m.item_name, m.item_code), '”', m.what, '，与“', r.rule_name, '”的情形相符') as reason
from met as m
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id) and m.what is not null
