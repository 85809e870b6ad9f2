-- grain: one case lifted by a single diagnosis (setl_id) for which something was charged that treating it would charge
-- inputs: score.tier_single (setl_id, case_id, diag_code), score.tier_expect (diag_code, item, stem), core.fee_line
-- parameters: none
-- known limits: one charge of one expected item suffices; refunded lines do not count
select s.setl_id
from score.tier_single as s
inner join core.fee_line as l on s.case_id = l.mdtrt_id
inner join score.tier_expect as e
    on
        s.diag_code = e.diag_code
        and (
            l.item_code = e.item
            or l.hilist_code = e.item
            or (e.stem and substr(l.item_code, 1, length(e.item)) = e.item)
            or (e.stem and substr(l.hilist_code, 1, length(e.item)) = e.item)
        )
where l.state = 'settled' and l.det_item_fee_sumamt > 0
group by s.setl_id
order by s.setl_id
