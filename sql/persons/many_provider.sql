-- Persons who get drugs of one class from many providers in a calendar month or quarter.
-- grain: person, drug class and window (month, quarter) whose providers reach the limit
-- inputs: core.fee_line, core.settlement
-- parameters: $start, $until (settlements), $counted_drug_classes (med_chrgitm_type), $drug_class_length (characters of a national drug
--   code that stand for its class), $many_providers_month, $many_providers_quarter
-- known limits: outpatients and pharmacies only; a code that is no national drug code is a class of its own; branches of one chain
--   are providers of their own
with roaming as (
    select psn_id
    from core.settlement
    where setl_time >= $start and setl_time < $until and not is_inpatient and refund_state <> 'full'
    group by psn_id
    having count(distinct fixmedins_code) >= least($many_providers_month, $many_providers_quarter)
),

bought as (
    select distinct
        l.psn_id,
        l.fixmedins_code,
        case
            when regexp_matches(l.item_code, '^[XZ][A-Z][0-9][0-9]') then substr(l.item_code, 1, $drug_class_length)
            else l.item_code
        end as drug_class,
        cast(date_trunc('month', l.service_date) as date) as bought_month
    from core.fee_line as l
    inner join core.settlement as s on l.setl_id = s.setl_id
    inner join roaming as r on s.psn_id = r.psn_id
    where
        l.setl_time >= $start
        and l.setl_time < $until
        and l.state = 'settled'
        and l.cnt > 0
        and regexp_matches(l.med_chrgitm_type, $counted_drug_classes)
        and not s.is_inpatient
        and s.refund_state <> 'full'
),

spans as (
    select
        psn_id,
        drug_class,
        'month' as span,
        bought_month as first_day,
        cast(bought_month + interval 1 month - interval 1 day as date) as last_day,
        count(*) as providers
    from bought
    group by psn_id, drug_class, bought_month
    having count(*) >= $many_providers_month
    union all
    select
        psn_id,
        drug_class,
        'quarter' as span,
        cast(date_trunc('quarter', bought_month) as date) as first_day,
        cast(date_trunc('quarter', bought_month) + interval 3 month - interval 1 day as date) as last_day,
        count(distinct fixmedins_code) as providers
    from bought
    group by psn_id, drug_class, date_trunc('quarter', bought_month)
    having count(distinct fixmedins_code) >= $many_providers_quarter
)

select
    psn_id,
    drug_class,
    span,
    first_day,
    last_day,
    providers
from spans
