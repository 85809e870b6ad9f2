-- Prescriptions with more kinds of drugs than one may hold.
-- grain: one rule and the settlement of an outpatient prescription, case level
-- inputs: core.fee_line, core.settlement, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $drug_classes (med_chrgitm_type: western drugs, Chinese patent drugs), $max_drugs
-- known limits: a prescription is known by rxno within a settlement; orders of inpatients are no prescriptions; herbs are one formula;
--   what nothing was charged for (a gift, money returned without quantity) is no drug here; claims nothing
-- those with lines enough, before their drugs are told apart
with long as (
    select setl_id, rxno
    from core.fee_line
    where
        state = 'settled' and cnt > 0 and det_item_fee_sumamt > 0 and rxno is not null
        and quarter between $period_from and $period_to
        and regexp_matches(med_chrgitm_type, $drug_classes)
    group by setl_id, rxno
    having count(*) > $max_drugs
),

prescription as (
    select
        l.setl_id, l.fixmedins_code, l.quarter, l.rxno,
        count(distinct upper(l.item_code)) as drugs,
        sum(l.det_item_fee_sumamt) as amount,
        min(l.dr_code) as dr_code
    from core.fee_line as l
    inner join long as o on l.setl_id = o.setl_id and l.rxno = o.rxno
    inner join core.settlement as s on l.setl_id = s.setl_id
    where
        l.state = 'settled' and l.cnt > 0 and l.det_item_fee_sumamt > 0 and l.rxno is not null
        and l.quarter between $period_from and $period_to
        and regexp_matches(l.med_chrgitm_type, $drug_classes)
        and not s.is_inpatient
    group by l.setl_id, l.fixmedins_code, l.quarter, l.rxno
    having count(distinct upper(l.item_code)) > $max_drugs
),

placed as (
    select
        *,
        row_number() over (partition by setl_id order by drugs desc, rxno asc) as place,
        count(*) over (partition by setl_id) as prescriptions
    from prescription
)

select
    r.rule_id,
    p.quarter as period,
    p.fixmedins_code,
    p.setl_id,
    cast(null as varchar) as bkkp_sn,
    cast(null as varchar) as item_code,
    cast(null as varchar) as item_name,
    cast(p.drugs as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 6)) as pric,
    cast($max_drugs as decimal(18, 4)) as allowed,
    cast(p.drugs - $max_drugs as decimal(18, 4)) as excess,
    cast(p.amount as decimal(16, 2)) as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'none' as claim_kind,
    to_json({
        'amount_is': 'charged for the prescription, not the loss',
        'dr_code': p.dr_code,
        'drugs': p.drugs,
        'prescriptions': p.prescriptions,
        'rxno': p.rxno
    }) as evidence,
    concat(
        '处方', p.rxno, '有', cast(p.drugs as varchar), '种药品，超过', cast($max_drugs as varchar), '种，与“', r.rule_name, '”的情形相符'
    ) as reason,
    cast(null as varchar) as basis_id
from placed as p
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id) and p.place = 1
