-- What inpatient stays charged, by kind.
-- grain: mdtrt_id of stays with settled lines of a positive amount
-- inputs: core.fee_line, core.settlement
-- parameters: $exam_classes, $ward_classes, $operation_classes (med_chrgitm_type), $intensive_care_names (parts of item names)
-- known limits: the charge class is the sender's; intensive nursing is known by its name only
with spoken as (
    select distinct l.item_code, l.item_name
    from core.fee_line as l
    cross join unnest(cast($intensive_care_names as varchar[])) as n (part)
    where contains(l.item_name, n.part)
),

lines as (
    select
        s.mdtrt_id,
        l.med_chrgitm_type,
        l.det_item_fee_sumamt as fee,
        coalesce(l.fulamt_ownpay_amt, 0) as own_fee,
        i.item_code is not null as intensive
    from core.fee_line as l
    inner join core.settlement as s on l.setl_id = s.setl_id
    left join spoken as i on l.item_code = i.item_code and l.item_name = i.item_name
    where s.is_inpatient and s.refund_state <> 'full' and l.state = 'settled' and l.det_item_fee_sumamt > 0
)

select
    mdtrt_id,
    cast(sum(fee) as decimal(18, 2)) as fee,
    cast(sum(own_fee) as decimal(18, 2)) as own_fee,
    cast(sum(case when regexp_matches(med_chrgitm_type, $exam_classes) then fee else 0 end) as decimal(18, 2)) as exam_fee,
    cast(sum(case when regexp_matches(med_chrgitm_type, $ward_classes) then fee else 0 end) as decimal(18, 2)) as ward_fee,
    cast(sum(case when regexp_matches(med_chrgitm_type, $operation_classes) then fee else 0 end) as decimal(18, 2)) as operation_fee,
    bool_or(intensive) as intensive
from lines
group by mdtrt_id
