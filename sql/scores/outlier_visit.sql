-- grain: one visit: a finished stay, or one settlement outside the ward; with the kind of case it is compared inside
-- inputs: core.settlement, core.diagnosis, temp.outlier_line, temp.outlier_stay
-- parameters: start, until (dates, until exclusive)
-- known limits: a case outside the ward is known by its disease register or the first three characters of its main diagnosis;
--   midnight to the second is a date without a time and says nothing about the hour; what a part refund left says nothing of cost
with main_diagnosis as (
    select
        setl_id,
        max(substr(diag_code, 1, 3)) as chapter
    from core.diagnosis
    where is_main
    group by setl_id
),

visit as (
    select
        s.fixmedins_code,
        coalesce(s.chfpdr_code, l.doctor_code) as doctor_code,
        s.psn_id,
        0 as is_inpatient,
        concat('O|', s.med_type) as wide_key,
        concat('O|', s.med_type, '|', coalesce(s.dise_codg, d.chapter, '')) as case_key,
        cast(null as varchar) as grp_code,
        0 as is_return,
        cast(null as integer) as days,
        case when s.refund_state = 'none' then 0 else 1 end as refunded,
        s.net_medfee_sumamt as cost,
        case when s.inscp_scp_amt is not null then s.medfee_sumamt end as fee,
        s.medfee_sumamt - s.inscp_scp_amt as beyond,
        case when cast(s.setl_time as date) = s.setl_time then 0 else 1 end as timed,
        case when hour(s.setl_time) >= 20 or hour(s.setl_time) < 7 then 1 else 0 end as night,
        -- 5 January 1970 was a Monday; the numbering of weekdays differs between engines
        case
            when date_diff('day', cast('1970-01-05' as date), cast(s.setl_time as date)) % 7 >= 5 then 1 else 0
        end as weekend,
        l.lines,
        l.amount,
        l.drug,
        l.herb,
        l.exam,
        l.lab,
        l.treat,
        l.material
    from core.settlement as s
    left join temp.outlier_line as l on s.setl_id = l.setl_id
    left join main_diagnosis as d on s.setl_id = d.setl_id
    where
        s.source = 'setl_d'
        and not s.is_inpatient
        and s.setl_time >= cast($start as date)
        and s.setl_time < cast($until as date)
    union all
    select
        fixmedins_code,
        doctor_code,
        psn_id,
        1 as is_inpatient,
        concat('I|', med_type) as wide_key,
        case
            when grp_code is null then concat('I|', med_type)
            else concat('G|', grp_type, '|', grp_ver, '|', grp_code)
        end as case_key,
        case when grp_type = 'DRG' then grp_code end as grp_code,
        is_return,
        date_diff('day', begndate, enddate) as days,
        refunded,
        cost,
        fee,
        beyond,
        0 as timed,
        0 as night,
        0 as weekend,
        lines,
        amount,
        drug,
        herb,
        exam,
        lab,
        treat,
        material
    from temp.outlier_stay
)

select
    fixmedins_code,
    doctor_code,
    psn_id,
    is_inpatient,
    case_key,
    wide_key,
    case
        when length(grp_code) = 4 and substr(grp_code, 4, 1) in ('1', '3', '5') then substr(case_key, 1, length(case_key) - 1)
    end as family,
    case when length(grp_code) = 4 and substr(grp_code, 4, 1) in ('1', '3') then 1 else 0 end as is_top,
    is_return,
    refunded,
    case when cost > 0 then 1 else 0 end as kept,
    case when cost >= 1 and refunded = 0 then cast(ln(cast(cost as double)) as decimal(18, 9)) end as log_cost,
    case when days >= 0 then cast(ln(cast(days as double) + 1) as decimal(18, 9)) end as log_days,
    fee,
    case when beyond < 0 then 0 else beyond end as beyond,
    timed,
    night,
    weekend,
    case when lines > 0 then cast(ln(cast(lines as double)) as decimal(18, 9)) end as log_lines,
    amount,
    drug,
    herb,
    exam,
    lab,
    treat,
    material
from visit
