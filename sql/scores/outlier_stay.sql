-- grain: one finished stay (mdtrt_id at a provider, interim and supplementary settlements summed), with its DRG/DIP group
-- inputs: core.settlement, temp.outlier_line, score.planned_stay
-- parameters: start, until (dates; window of the last settlement, until exclusive), look_back (date), split_days (integer)
-- known limits: planned returns are known by their codes only; stays whose last settlement is an interim one are left out
with settled as (
    select
        s.fixmedins_code,
        s.mdtrt_id,
        s.psn_id,
        s.setl_time,
        coalesce(s.mid_setl_flag, '0') as mid_setl_flag,
        coalesce(s.chfpdr_code, l.doctor_code) as doctor_code,
        s.med_type,
        s.grp_type,
        coalesce(s.grp_ver, '') as grp_ver,
        s.grp_code,
        s.begndate,
        s.enddate,
        case when s.refund_state = 'none' then 0 else 1 end as refunded,
        round(cast(s.net_medfee_sumamt as double) * 100) as cost,
        case when s.inscp_scp_amt is not null then round(cast(s.medfee_sumamt as double) * 100) end as fee,
        round(cast(s.medfee_sumamt - s.inscp_scp_amt as double) * 100) as beyond,
        l.lines,
        l.amount,
        l.drug,
        l.herb,
        l.exam,
        l.lab,
        l.treat,
        l.material,
        row_number() over (
            partition by s.fixmedins_code, s.mdtrt_id order by s.setl_time desc, s.setl_id desc
        ) as from_last,
        row_number() over (
            partition by s.fixmedins_code, s.mdtrt_id
            order by case when s.grp_code is null then 1 else 0 end asc, s.setl_time desc, s.setl_id desc
        ) as from_group
    from core.settlement as s
    left join temp.outlier_line as l on s.setl_id = l.setl_id
    where
        s.source = 'setl_d'
        and s.is_inpatient
        and s.setl_time >= cast($look_back as date)
        and s.setl_time < cast($until as date)
),

stay as (
    select
        fixmedins_code,
        mdtrt_id,
        min(psn_id) as psn_id,
        max(case when from_last = 1 then setl_time end) as last_time,
        max(case when from_last = 1 then mid_setl_flag end) as last_is_interim,
        max(case when from_last = 1 then doctor_code end) as doctor_code,
        max(case when from_last = 1 then med_type end) as med_type,
        max(case when from_group = 1 then grp_type end) as grp_type,
        max(case when from_group = 1 then grp_ver end) as grp_ver,
        max(case when from_group = 1 then grp_code end) as grp_code,
        min(begndate) as begndate,
        max(enddate) as enddate,
        max(refunded) as refunded,
        sum(cost) as cost,
        sum(fee) as fee,
        sum(beyond) as beyond,
        sum(lines) as lines,
        sum(amount) as amount,
        sum(drug) as drug,
        sum(herb) as herb,
        sum(exam) as exam,
        sum(lab) as lab,
        sum(treat) as treat,
        sum(material) as material
    from settled
    group by fixmedins_code, mdtrt_id
),

followed as (
    select
        stay.*,
        k.mdtrt_id is not null as is_planned,
        lag(stay.enddate) over (
            partition by stay.psn_id, stay.fixmedins_code order by stay.begndate asc, stay.mdtrt_id asc
        ) as before_end
    from stay
    left join score.planned_stay as k on stay.mdtrt_id = k.mdtrt_id
)

select
    fixmedins_code,
    doctor_code,
    psn_id,
    case
        when grp_code is null then concat('I|', med_type)
        else concat('G|', grp_type, '|', grp_ver, '|', grp_code)
    end as case_key,
    case when grp_type = 'DRG' then grp_code end as grp_code,
    date_diff('day', begndate, enddate) as days,
    refunded,
    cost,
    fee,
    beyond,
    lines,
    amount,
    drug,
    herb,
    exam,
    lab,
    treat,
    material,
    case
        when
            before_end is not null
            and begndate >= before_end
            and date_diff('day', before_end, begndate) <= $split_days
            and not is_planned
            then 1
        else 0
    end as is_return
from followed
where last_time >= cast($start as date) and last_is_interim <> '1'
