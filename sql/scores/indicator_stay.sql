-- grain: one finished stay (mdtrt_id at a provider, interim and supplementary settlements summed) of the quarters asked for
-- inputs: core.settlement, core.stay, core.diagnosis, score.planned_stay, cur.pay_par
-- parameters: start, until (dates of the last settlement, until exclusive), look_back (date; how far interim settlements reach),
--   readmission_days (integer), infection (list of prefixes of three or five characters)
-- known limits: a return to another provider is not seen; an infection is known only where the diagnosis says that it was not
--   present on admission (adm_cond_type 4); standard is the plain one (weight × rate × coefficient), outlier rules not applied
with settled as (
    select
        fixmedins_code,
        mdtrt_id,
        setl_id,
        setl_time,
        net_medfee_sumamt,
        insutype,
        hosp_lv,
        grp_type,
        grp_ver,
        grp_code,
        wt,
        coalesce(mid_setl_flag, '0') as mid_setl_flag,
        row_number() over (
            partition by fixmedins_code, mdtrt_id
            order by case when refund_state = 'full' then 1 else 0 end asc, setl_time desc, setl_id desc
        ) as from_last,
        row_number() over (
            partition by fixmedins_code, mdtrt_id
            order by case when grp_code is null then 1 else 0 end asc, setl_time desc, setl_id desc
        ) as from_group
    from core.settlement
    where
        source = 'setl_d'
        and is_inpatient
        and setl_time >= cast($look_back as date)
        and setl_time < cast($until as date)
),

stay as (
    select
        fixmedins_code,
        mdtrt_id,
        sum(net_medfee_sumamt) as cost,
        max(setl_time) as last_time,
        max(case when from_last = 1 then mid_setl_flag end) as last_is_interim
    from settled
    group by fixmedins_code, mdtrt_id
),

seen as (
    select
        mdtrt_id,
        fixmedins_code,
        begndate,
        enddate,
        lag(enddate) over (partition by psn_id, fixmedins_code order by begndate asc, mdtrt_id asc) as before_end
    from core.stay
),

diagnosed as (
    select
        s.fixmedins_code,
        s.mdtrt_id,
        max(case when coalesce(d.adm_cond_type, '') <> '' then 1 else 0 end) as has_condition,
        max(
            case
                when
                    d.adm_cond_type = '4'
                    and d.is_icd
                    and not d.is_main
                    and (
                        array_contains($infection, substr(d.diag_code, 1, 3))
                        or array_contains($infection, substr(d.diag_code, 1, 5))
                    )
                    then 1
                else 0
            end
        ) as infected
    from settled as s
    inner join core.diagnosis as d on s.setl_id = d.setl_id
    group by s.fixmedins_code, s.mdtrt_id
),

priced as (
    select
        s.setl_id,
        p.rate * coalesce(p.coef, 1) as rate,
        p.low_mult,
        p.high_mult,
        row_number() over (
            partition by s.setl_id
            order by
                case when p.insutype = '*' then 1 else 0 end asc,
                case when coalesce(p.hosp_lv, '*') = '*' then 1 else 0 end asc,
                p.valid_from desc
        ) as place
    from settled as s
    inner join cur.pay_par as p
        on
            (p.insutype = '*' or s.insutype = p.insutype)
            and (coalesce(p.hosp_lv, '*') = '*' or s.hosp_lv = p.hosp_lv)
            and cast(s.setl_time as date) >= p.valid_from
            and (p.valid_to is null or cast(s.setl_time as date) <= p.valid_to)
    where s.from_group = 1 and s.grp_code is not null and s.wt is not null
)

select
    stay.fixmedins_code,
    stay.mdtrt_id,
    concat(cast(extract(year from stay.last_time) as integer), 'Q', cast(extract(quarter from stay.last_time) as integer)) as quarter,
    stay.cost,
    greatest(date_diff('day', seen.begndate, seen.enddate), 1) as days,
    case when g.grp_code is not null then coalesce(g.grp_type, '') end as grp_type,
    coalesce(g.grp_ver, '') as grp_ver,
    g.grp_code,
    g.wt,
    cast(cast(g.wt as double) * cast(priced.rate as double) as decimal(18, 2)) as standard,
    cast(priced.low_mult as double) as low_mult,
    cast(priced.high_mult as double) as high_mult,
    coalesce(d.has_condition, 0) as has_condition,
    coalesce(d.infected, 0) as infected,
    case
        when
            seen.before_end is not null
            and seen.begndate >= seen.before_end
            and date_diff('day', seen.before_end, seen.begndate) <= $readmission_days
            and k.mdtrt_id is null
            then 1
        else 0
    end as readmitted
from stay
inner join settled as g on stay.fixmedins_code = g.fixmedins_code and stay.mdtrt_id = g.mdtrt_id and g.from_group = 1
left join seen on stay.mdtrt_id = seen.mdtrt_id and stay.fixmedins_code = seen.fixmedins_code
left join diagnosed as d on stay.mdtrt_id = d.mdtrt_id and stay.fixmedins_code = d.fixmedins_code
left join score.planned_stay as k on stay.mdtrt_id = k.mdtrt_id
left join priced on g.setl_id = priced.setl_id and priced.place = 1
where
    stay.last_time >= cast($start as date)
    and stay.last_is_interim <> '1'
    and stay.cost > 0
