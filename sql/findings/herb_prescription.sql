-- Prescriptions of herbs with more kinds, or a higher fee, than a prescription should have.
-- grain: one rule and settlement (its largest prescription)
-- inputs: core.fee_line, core.settlement, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $herb_list_types, $herb_charge_types, $max_kinds, $max_fee (yuan)
-- known limits: a prescription is its number, without one the doctor's day in the visit; doses and packets are not in the
--   extracts, so fee and kinds stand for size; what part is too much is a reviewer's question, so nothing is claimed
with herb as (
    select
        l.setl_id,
        coalesce(l.rxno, concat(cast(l.service_date as varchar), ' ', coalesce(l.dr_code, ''))) as prescription,
        max(l.rxno is not null) as numbered,
        min(l.service_date) as service_date,
        cast(count(distinct upper(l.item_code)) as integer) as kinds,
        cast(sum(l.det_item_fee_sumamt) as decimal(16, 2)) as fee
    from core.fee_line as l
    where
        l.state = 'settled'
        and l.cnt > 0
        and l.det_item_fee_sumamt > 0
        and case
            when l.list_type is not null then list_contains($herb_list_types, l.list_type)
            else regexp_matches(l.med_chrgitm_type, $herb_charge_types)
        end
    group by l.setl_id, coalesce(l.rxno, concat(cast(l.service_date as varchar), ' ', coalesce(l.dr_code, '')))
),

met as (
    select
        h.*,
        s.quarter,
        s.fixmedins_code,
        row_number() over (partition by h.setl_id order by h.fee desc, h.kinds desc, h.prescription asc) as place
    from herb as h
    inner join core.settlement as s on h.setl_id = s.setl_id
    where
        s.quarter between $period_from and $period_to
        and s.refund_state <> 'full'
        and (h.kinds > $max_kinds or h.fee > $max_fee)
)

select
    r.rule_id,
    m.quarter as period,
    m.fixmedins_code,
    m.setl_id,
    cast(null as varchar) as bkkp_sn,
    m.fee as gross_amount,
    'none' as claim_kind,
    to_json({
        'fee': cast(m.fee as varchar),
        'kinds': m.kinds,
        'max_fee': cast($max_fee as integer),
        'max_kinds': cast($max_kinds as integer),
        'numbered': m.numbered,
        'prescription': m.prescription,
        'service_date': cast(m.service_date as varchar)
    }) as evidence,
    concat(
        '中药饮片处方', cast(m.kinds as varchar), '味、', cast(m.fee as varchar), '元，超过', cast($max_kinds as varchar), '味或',
        cast($max_fee as varchar), '元，与“', r.rule_name, '”的情形相符'
    ) as reason
from met as m
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id) and m.place = 1
