-- grain: one settlement: what its fee lines were spent on (whole fen), who ordered them, and the chapter of its main diagnosis
-- inputs: core.fee_line, core.diagnosis
-- parameters: look_back, until (dates, until exclusive)
-- known limits: a doctor is named only where all lines of the settlement name the same one, so that no visit is laid at a door by
--   lot; classes of charge hold their sub-codes, those under 14 as in rules R57 to R59; sums are whole numbers held as doubles,
--   exact below 2^53 and so the same in whatever order they are added
with part as (
    select
        setl_id,
        dr_code,
        case
            when substr(med_chrgitm_type, 1, 2) <> '14' then substr(med_chrgitm_type, 1, 2)
            when substr(med_chrgitm_type, 1, 4) in ('1408', '1409', '1410') then '03'
            when substr(med_chrgitm_type, 1, 4) in ('1411', '1412') then '05'
            when substr(med_chrgitm_type, 1, 4) in ('1402', '1403') or substr(med_chrgitm_type, 1, 5) = '14011' then '08'
        end as kind,
        round(cast(det_item_fee_sumamt as double) * 100) as fen,
        cast(null as varchar) as chapter
    from core.fee_line
    where
        state = 'settled'
        and not refunded
        and det_item_fee_sumamt > 0
        and setl_time >= cast($look_back as date)
        and setl_time < cast($until as date)
    union all
    select
        setl_id,
        null as dr_code,
        null as kind,
        null as fen,
        substr(diag_code, 1, 3) as chapter
    from core.diagnosis
    where is_main and is_icd
)

select
    setl_id,
    case when min(dr_code) = max(dr_code) then min(dr_code) end as doctor_code,
    max(chapter) as chapter,
    count(fen) as lines,
    sum(fen) as amount,
    sum(case when kind in ('09', '11') then fen else 0 end) as drug,
    sum(case when kind = '10' then fen else 0 end) as herb,
    sum(case when kind = '03' then fen else 0 end) as exam,
    sum(case when kind = '04' then fen else 0 end) as lab,
    sum(case when kind in ('05', '06') then fen else 0 end) as treat,
    sum(case when kind = '08' then fen else 0 end) as material
from part
group by setl_id
