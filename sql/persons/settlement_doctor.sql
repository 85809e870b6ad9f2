-- Settlements of a window with the doctor behind them.
-- grain: setl_id
-- inputs: core.settlement, core.fee_line
-- parameters: $start, $until (settlements)
-- known limits: the doctor is the attending one of the settlement, else the one who ordered most of its charges; pharmacies mostly
--   name none
with ordered as (
    select
        setl_id,
        dr_code,
        row_number() over (partition by setl_id order by sum(det_item_fee_sumamt) desc, dr_code asc) as place
    from core.fee_line
    where setl_time >= $start and setl_time < $until and state = 'settled' and dr_code is not null
    group by setl_id, dr_code
)

select
    s.setl_id,
    s.psn_id,
    s.fixmedins_code,
    s.begndate,
    coalesce(p.fixmedins_type, '') as fixmedins_type,
    coalesce(s.chfpdr_code, o.dr_code) as dr_code
from core.settlement as s
left join ordered as o on s.setl_id = o.setl_id and o.place = 1
left join core.provider as p on s.fixmedins_code = p.fixmedins_code
where s.setl_time >= $start and s.setl_time < $until and s.refund_state <> 'full'
