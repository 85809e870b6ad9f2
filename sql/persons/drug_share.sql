-- What the fund paid for the wanted drugs of persons in their spans of days: the lines' share of their settlement.
-- grain: wanted row (psn_id, pattern, code) and settlement
-- inputs: score.person_wanted (psn_id, pattern, code, width, first_day, last_day), core.fee_line, core.settlement
-- parameters: $counted_drug_classes (med_chrgitm_type)
-- known limits: the share follows the amount in scope, else the fee, rounded half up to the fen; width 0 = the code as it stands
with settlement as (
    select distinct
        s.setl_id,
        s.psn_id,
        s.paid
    from core.settlement as s
    inner join score.person_wanted as w on s.psn_id = w.psn_id
    where not s.is_inpatient and s.refund_state <> 'full'
),

line as (
    select
        s.setl_id,
        s.psn_id,
        s.paid,
        l.item_code,
        l.item_name,
        l.med_chrgitm_type,
        l.service_date,
        l.cnt,
        cast(coalesce(l.inscp_scp_amt, 0) * 100 as bigint) as in_scope,
        cast(coalesce(l.det_item_fee_sumamt, 0) * 100 as bigint) as fee
    from core.fee_line as l
    inner join settlement as s on l.setl_id = s.setl_id
    where l.state = 'settled'
),

whole as (
    select
        setl_id,
        sum(in_scope) as in_scope,
        sum(fee) as fee
    from line
    group by setl_id
),

part as (
    select
        w.psn_id,
        w.pattern,
        w.code,
        l.setl_id,
        l.paid,
        min(l.item_name) as item_name,
        sum(l.cnt) as packs,
        sum(l.in_scope) as in_scope,
        sum(l.fee) as fee
    from score.person_wanted as w
    inner join line as l
        on
            w.psn_id = l.psn_id
            and w.code = case when w.width = 0 then l.item_code else substr(l.item_code, 1, w.width) end
            and l.service_date between w.first_day and w.last_day
    where
        l.cnt > 0
        and regexp_matches(l.med_chrgitm_type, $counted_drug_classes)
    group by w.psn_id, w.pattern, w.code, l.setl_id, l.paid
),

fraction as (
    select
        p.*,
        cast(case when t.in_scope > 0 then p.in_scope else p.fee end as hugeint) as above,
        cast(case when t.in_scope > 0 then t.in_scope else t.fee end as hugeint) as below,
        cast(p.paid * 100 as hugeint) as paid_fen
    from part as p
    inner join whole as t on p.setl_id = t.setl_id
)

select
    psn_id,
    pattern,
    code,
    setl_id,
    item_name,
    cast(packs as decimal(18, 4)) as packs,
    cast(
        case
            when below > 0
                then cast((2 * paid_fen * above + below) // (2 * below) as decimal(18, 0)) * cast(0.01 as decimal(3, 2))
            else 0
        end as decimal(16, 2)
    ) as fund_amount
from fraction
