-- One bill for many people (虚开、空刷 traces): outpatient bills alike to the fen, by one doctor on one day.
-- grain: one rule and settlement, case level
-- inputs: core.fee_line, core.settlement, finding.person_visit, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $drug_classes (med_chrgitm_type: a drug must be on the bill), $persons, $min_items
-- known limits: bills of one quarter are set beside each other, and are the same when every item, quantity and amount is; screenings,
--   which charge everybody the same, have no drugs; dialysis, whose sessions are alike, is left out; claims nothing
-- Bills are summed without their items first: only those that agree so far are looked at item by item.
with rough as (
    select
        l.setl_id, l.psn_id, l.fixmedins_code, l.quarter,
        min(l.dr_code) as dr_code,
        cast(min(l.fee_ocur_time) as date) as day,
        count(*) as lines,
        sum(l.cnt) as cnt,
        sum(l.det_item_fee_sumamt) as fee
    from core.fee_line as l
    inner join core.settlement as s on l.setl_id = s.setl_id
    left join finding.person_visit as v on s.mdtrt_id = v.mdtrt_id and v.is_dialysis
    where
        v.mdtrt_id is null
        and l.state = 'settled' and l.cnt > 0 and l.det_item_fee_sumamt > 0 and l.quarter between $period_from and $period_to
        and not s.is_inpatient and s.refund_state = 'none' and s.paid > 0
    group by l.setl_id, l.psn_id, l.fixmedins_code, l.quarter
    having
        count(*) >= $min_items and min(l.dr_code) = max(l.dr_code)
        and max(case when regexp_matches(l.med_chrgitm_type, $drug_classes) then 1 else 0 end)
        = 1
),

agreed as (
    select fixmedins_code, quarter, dr_code, day, lines, cnt, fee
    from rough
    group by fixmedins_code, quarter, dr_code, day, lines, cnt, fee
    having count(distinct psn_id) >= $persons
),

candidate as (
    select r.setl_id
    from rough as r
    inner join agreed as a
        on
            r.fixmedins_code = a.fixmedins_code and r.quarter = a.quarter and r.dr_code = a.dr_code and r.day = a.day
            and r.lines = a.lines and r.cnt = a.cnt and r.fee = a.fee
    group by r.setl_id
),

bill as (
    select
        l.setl_id, l.psn_id, l.fixmedins_code, l.quarter,
        min(l.dr_code) as dr_code,
        cast(min(l.fee_ocur_time) as date) as day,
        min(l.fee_ocur_time) as first_time,
        min(l.item_code) as item_code,
        min(l.item_name) as item_name,
        count(*) as lines,
        count(distinct upper(l.item_code)) as items,
        sum(l.cnt) as cnt,
        sum(l.det_item_fee_sumamt) as fee,
        list_sort(array_agg({
            'item_code': upper(l.item_code),
            'cnt': cast(l.cnt as varchar),
            'amount': cast(l.det_item_fee_sumamt as varchar)
        })) as entries,
        max(case when regexp_matches(l.med_chrgitm_type, $drug_classes) then 1 else 0 end) as has_drug
    from core.fee_line as l
    inner join candidate as c on l.setl_id = c.setl_id
    where l.state = 'settled' and l.cnt > 0 and l.det_item_fee_sumamt > 0 and l.quarter between $period_from and $period_to
    group by l.setl_id, l.psn_id, l.fixmedins_code, l.quarter
    having count(distinct upper(l.item_code)) >= $min_items and count(distinct l.dr_code) = 1
),

same as (
    select
        fixmedins_code, quarter, dr_code, day, entries,
        count(distinct psn_id) as persons, min(first_time) as from_time, max(first_time) as to_time
    from bill
    where has_drug = 1
    group by fixmedins_code, quarter, dr_code, day, entries
    having count(distinct psn_id) >= $persons
)

select
    r.rule_id,
    b.quarter as period,
    b.fixmedins_code,
    b.setl_id,
    cast(null as varchar) as bkkp_sn,
    b.item_code,
    b.item_name,
    cast(null as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 6)) as pric,
    cast(null as decimal(18, 4)) as allowed,
    cast(null as decimal(18, 4)) as excess,
    cast(t.paid as decimal(16, 2)) as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'none' as claim_kind,
    to_json({
        'amount_is': 'paid for the settlement, not the loss',
        'day': cast(b.day as varchar),
        'dr_code': b.dr_code,
        'fee': cast(b.fee as varchar),
        'items': b.items,
        'lines': b.lines,
        'persons': s.persons,
        'times': concat(cast(s.from_time as varchar), ' - ', cast(s.to_time as varchar))
    }) as evidence,
    concat(
        '同一医师', cast(b.day as varchar), '为', cast(s.persons as varchar), '人开具的', cast(b.items as varchar), '项费用数量、金额完全一致，与“',
        r.rule_name, '”的情形相符，需核实就诊是否真实'
    ) as reason,
    cast(null as varchar) as basis_id
from bill as b
inner join same as s
    on
        b.fixmedins_code = s.fixmedins_code and b.quarter = s.quarter and b.dr_code = s.dr_code and b.day = s.day
        and b.entries = s.entries
inner join core.settlement as t on b.setl_id = t.setl_id
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id) and b.has_drug = 1
