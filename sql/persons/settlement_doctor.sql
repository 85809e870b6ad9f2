-- Settlements of a window, and those behind a flag that lie before it, with the doctor behind them.
-- grain: setl_id
-- inputs: core.settlement, core.fee_line, core.provider, score.person_evidence
-- parameters: $start, $until (settlements), $period (of the evidence)
-- known limits: the doctor is the attending one of the settlement, else the one who ordered most of its charges; pharmacies mostly
--   name none
with wanted as (
    select setl_id
    from core.settlement
    where setl_time >= $start and setl_time < $until and refund_state <> 'full'
    union
    select setl_id
    from score.person_evidence
    where period = $period
),

ordered as (
    select
        l.setl_id,
        l.dr_code,
        row_number() over (partition by l.setl_id order by sum(l.det_item_fee_sumamt) desc, l.dr_code asc) as place
    from core.fee_line as l
    inner join core.settlement as s on l.setl_id = s.setl_id
    inner join wanted as w on l.setl_id = w.setl_id
    where
        l.state = 'settled'
        and l.dr_code is not null
        and s.chfpdr_code is null
    group by l.setl_id, l.dr_code
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
inner join wanted as w on s.setl_id = w.setl_id
left join core.provider as p on s.fixmedins_code = p.fixmedins_code
