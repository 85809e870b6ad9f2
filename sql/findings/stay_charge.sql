-- What inpatient stays charged, by kind.
-- grain: mdtrt_id of stays with settled lines of a positive amount
-- inputs: core.fee_line, core.settlement
-- parameters: $exam_classes, $ward_classes, $operation_classes (med_chrgitm_type), $intensive_care_names (parts of item names)
-- known limits: the charge class is the sender's; intensive nursing is known by its name only
with class as (
    select -- of few classes, each matched once
        med_chrgitm_type,
        regexp_matches(med_chrgitm_type, $exam_classes) as exam,
        regexp_matches(med_chrgitm_type, $ward_classes) as ward,
        regexp_matches(med_chrgitm_type, $operation_classes) as operation
    from (select distinct med_chrgitm_type from core.fee_line where med_chrgitm_type is not null) as c
),

lines as (
    select
        s.mdtrt_id,
        c.exam, c.ward, c.operation,
        l.det_item_fee_sumamt as fee,
        l.fulamt_ownpay_amt as own_fee,
        regexp_matches(l.item_name, $intensive_care_names) as intensive
    from core.fee_line as l
    inner join core.settlement as s on l.setl_id = s.setl_id
    left join class as c on l.med_chrgitm_type = c.med_chrgitm_type
    where s.is_inpatient and s.refund_state <> 'full' and l.state = 'settled' and l.det_item_fee_sumamt > 0
)

select
    mdtrt_id,
    cast(sum(fee) as decimal(18, 2)) as fee,
    cast(sum(own_fee) as decimal(18, 2)) as own_fee, -- null: not told of any line
    cast(sum(case when exam then fee else 0 end) as decimal(18, 2)) as exam_fee,
    cast(sum(case when ward then fee else 0 end) as decimal(18, 2)) as ward_fee,
    cast(sum(case when operation then fee else 0 end) as decimal(18, 2)) as operation_fee,
    coalesce(bool_or(intensive), false) as intensive
from lines
group by mdtrt_id
