-- grain: one sampled diagnosis ('' = cases without complications), family and item: cases with the item charged
-- inputs: score.tier_sample (setl_id, case_id, family, diag_code), core.fee_line
-- parameters: none
-- known limits: a sample, drawn with a fixed seed
select
    s.diag_code,
    s.family,
    l.item_code,
    count(distinct s.setl_id) as cases
from score.tier_sample as s
inner join core.fee_line as l on s.case_id = l.mdtrt_id
where l.state = 'settled' and l.det_item_fee_sumamt > 0
group by s.diag_code, s.family, l.item_code
order by s.diag_code, s.family, l.item_code
