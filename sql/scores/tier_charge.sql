-- grain: one grouped case that has fee lines: what it was charged by class of charge, yuan
-- inputs: score.tier_case, core.fee_line
-- parameters: none
-- known limits: local sub-classes count under their first two digits, what has none of 01-11 is "other"
select
    t.setl_id,
    sum(case when substr(l.med_chrgitm_type, 1, 2) = '01' then l.det_item_fee_sumamt else 0 end) as bed,
    sum(case when substr(l.med_chrgitm_type, 1, 2) = '03' then l.det_item_fee_sumamt else 0 end) as exam,
    sum(case when substr(l.med_chrgitm_type, 1, 2) = '04' then l.det_item_fee_sumamt else 0 end) as lab,
    sum(case when substr(l.med_chrgitm_type, 1, 2) = '05' then l.det_item_fee_sumamt else 0 end) as treatment,
    sum(case when substr(l.med_chrgitm_type, 1, 2) = '06' then l.det_item_fee_sumamt else 0 end) as surgery,
    sum(case when substr(l.med_chrgitm_type, 1, 2) = '07' then l.det_item_fee_sumamt else 0 end) as nursing,
    sum(case when substr(l.med_chrgitm_type, 1, 2) = '08' then l.det_item_fee_sumamt else 0 end) as material,
    sum(case when substr(l.med_chrgitm_type, 1, 2) = '09' then l.det_item_fee_sumamt else 0 end) as drug,
    sum(case when substr(l.med_chrgitm_type, 1, 2) in ('10', '11') then l.det_item_fee_sumamt else 0 end) as herbal,
    sum(
        case
            when
                substr(coalesce(l.med_chrgitm_type, ''), 1, 2)
                in ('01', '03', '04', '05', '06', '07', '08', '09', '10', '11')
                then 0
            else l.det_item_fee_sumamt
        end
    ) as other
from core.fee_line as l
inner join score.tier_case as t on l.mdtrt_id = t.case_id
where l.state = 'settled'
group by t.setl_id
