-- grain: one settlement: what its fee lines were spent on
-- inputs: core.fee_line
-- parameters: look_back, until (dates, until exclusive)
-- known limits: a doctor is named only where all lines of the settlement name the same one, so that no visit is laid at a door by lot
select
    setl_id,
    case when min(dr_code) = max(dr_code) then min(dr_code) end as doctor_code,
    count(*) as lines,
    sum(det_item_fee_sumamt) as amount,
    sum(case when med_chrgitm_type in ('09', '11') then det_item_fee_sumamt else 0 end) as drug,
    sum(case when med_chrgitm_type = '10' then det_item_fee_sumamt else 0 end) as herb,
    sum(case when med_chrgitm_type = '03' then det_item_fee_sumamt else 0 end) as exam,
    sum(case when med_chrgitm_type = '04' then det_item_fee_sumamt else 0 end) as lab,
    sum(case when med_chrgitm_type in ('05', '06') then det_item_fee_sumamt else 0 end) as treat,
    sum(case when med_chrgitm_type = '08' then det_item_fee_sumamt else 0 end) as material
from core.fee_line
where
    state = 'settled'
    and not refunded
    and det_item_fee_sumamt > 0
    and setl_time >= cast($look_back as date)
    and setl_time < cast($until as date)
group by setl_id
