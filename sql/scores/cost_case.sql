-- grain: one finished case: a stay (mdtrt_id at a provider, interim and supplementary settlements summed) in its DRG/DIP group,
--   or a person's year with one outpatient chronic disease at one provider (grp_type DISE, cost per month with a visit)
-- inputs: core.settlement, score.case_dept
-- parameters: start, until (dates; window of the last settlement, until exclusive), look_back (date; how far interim settlements reach)
-- known limits: a person's year goes to the doctor and department of most of its visits; stays without a group, stays whose
--   last settlement is an interim one and fully refunded cases are left out;
--   paid_std is what the payment method pays (the standard less the patient's share), where payers' columns show less: the
--   method pays whole cases, the columns what was charged;
--   log_cost is held within a tenth and ten times the group's median, so that a residue after a refund does not speak for a provider
with settled as (
    select
        fixmedins_code,
        mdtrt_id,
        setl_id,
        setl_time,
        net_medfee_sumamt,
        paid,
        bundled,
        psn_part_amt,
        grp_type,
        grp_ver,
        grp_code,
        wt,
        pay_std,
        age,
        gend,
        chfpdr_code,
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
        sum(paid) as paid,
        sum(psn_part_amt) as psn_part_amt,
        max(setl_time) as last_time,
        max(case when from_last = 1 then mid_setl_flag end) as last_is_interim
    from settled
    group by fixmedins_code, mdtrt_id
),

grouped_stay as (
    select
        g.grp_type,
        coalesce(g.grp_ver, '') as grp_ver,
        g.grp_code,
        stay.fixmedins_code,
        stay.mdtrt_id as case_id,
        1 as months,
        stay.cost,
        g.setl_id,
        stay.paid,
        case
            when g.bundled = 1 and g.pay_std is not null
                then greatest(stay.paid, g.pay_std - coalesce(stay.psn_part_amt, 0))
            else stay.paid
        end as paid_std,
        g.wt,
        g.pay_std,
        g.age,
        g.gend,
        d.dept_code,
        g.chfpdr_code as doctor_code
    from stay
    inner join settled as g
        on stay.fixmedins_code = g.fixmedins_code and stay.mdtrt_id = g.mdtrt_id and g.from_group = 1
    left join score.case_dept as d on stay.mdtrt_id = d.mdtrt_id
    where
        stay.last_time >= cast($start as date)
        and stay.last_is_interim <> '1'
        and g.grp_type is not null
        and g.grp_code is not null
        and stay.cost > 0
),

chronic_visit as (
    select
        s.dise_codg,
        s.fixmedins_code,
        s.psn_id,
        s.month,
        s.net_medfee_sumamt,
        s.paid,
        s.chfpdr_code,
        d.dept_code
    from core.settlement as s
    left join score.case_dept as d on s.mdtrt_id = d.mdtrt_id
    where
        s.source = 'setl_d'
        and not s.is_inpatient
        and coalesce(s.dise_codg, '') <> ''
        and s.net_medfee_sumamt > 0
        and s.setl_time >= cast($start as date)
        and s.setl_time < cast($until as date)
),

seen_by as (
    select
        dise_codg,
        fixmedins_code,
        psn_id,
        chfpdr_code,
        dept_code,
        row_number() over (
            partition by dise_codg, fixmedins_code, psn_id
            order by count(*) desc, chfpdr_code asc nulls last, dept_code asc nulls last
        ) as place
    from chronic_visit
    group by dise_codg, fixmedins_code, psn_id, chfpdr_code, dept_code
),

chronic_sum as (
    select
        dise_codg,
        fixmedins_code,
        psn_id,
        count(distinct month) as months,
        sum(net_medfee_sumamt) as cost,
        sum(paid) as paid
    from chronic_visit
    group by dise_codg, fixmedins_code, psn_id
),

chronic as (
    select
        'DISE' as grp_type,
        '' as grp_ver,
        y.dise_codg as grp_code,
        y.fixmedins_code,
        y.psn_id as case_id,
        y.months,
        y.cost,
        cast(null as varchar) as setl_id,
        y.paid,
        b.dept_code,
        b.chfpdr_code as doctor_code
    from chronic_sum as y
    inner join seen_by as b
        on y.dise_codg = b.dise_codg and y.fixmedins_code = b.fixmedins_code and y.psn_id = b.psn_id and b.place = 1
),

every_case as (
    select
        grp_type,
        grp_ver,
        grp_code,
        fixmedins_code,
        case_id,
        months,
        cost,
        setl_id,
        paid,
        paid_std,
        wt,
        pay_std,
        age,
        gend,
        dept_code,
        doctor_code
    from grouped_stay
    union all
    select
        grp_type,
        grp_ver,
        grp_code,
        fixmedins_code,
        case_id,
        months,
        cost,
        setl_id,
        paid,
        paid as paid_std,
        null as wt,
        null as pay_std,
        null as age,
        null as gend,
        dept_code,
        doctor_code
    from chronic
),

middle as (
    select
        grp_type,
        grp_ver,
        grp_code,
        cast(median(cast(cost as double) / months) as double) as middle_cost
    from every_case
    group by grp_type, grp_ver, grp_code
)

select
    e.grp_type,
    e.grp_ver,
    e.grp_code,
    e.fixmedins_code,
    e.case_id,
    e.months,
    e.cost,
    e.setl_id,
    e.paid,
    cast(e.paid_std as decimal(18, 2)) as paid_std,
    e.wt,
    e.pay_std,
    e.age,
    e.gend,
    e.dept_code,
    e.doctor_code,
    cast(
        ln(least(greatest(cast(e.cost as double) / e.months, m.middle_cost / 10), m.middle_cost * 10)) as decimal(18, 9)
    ) as log_cost,
    cast(least(cast(e.cost as double), m.middle_cost * 10 * e.months) as decimal(18, 2)) as held_cost
from every_case as e
inner join middle as m on e.grp_type = m.grp_type and e.grp_ver = m.grp_ver and e.grp_code = m.grp_code
