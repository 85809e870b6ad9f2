-- grain: one provider with a regular cohort, one employer or village (kind), with how many of its regular visitors belong to it
-- inputs: core.settlement, cur.psn_info_b, gathering_place (fixmedins_code)
-- parameters: start, until (dates, until exclusive)
-- known limits: regular = three settlements or more in the window, of any kind; people without a register count in no row
with regular as (
    select
        s.fixmedins_code,
        s.psn_id
    from core.settlement as s
    inner join gathering_place as p on s.fixmedins_code = p.fixmedins_code
    where
        s.setl_time >= cast($start as date)
        and s.setl_time < cast($until as date)
        and coalesce(s.refund_state, 'none') <> 'full'
    group by s.fixmedins_code, s.psn_id
    having count(*) >= 3
),

known as (
    select
        i.psn_id,
        max(i.emp_no) as emp_no,
        max(i.admdvs) as admdvs
    from cur.psn_info_b as i
    group by i.psn_id
),

placed as (
    select
        r.fixmedins_code,
        k.emp_no,
        k.admdvs
    from regular as r
    inner join known as k on r.psn_id = k.psn_id
)

select
    fixmedins_code,
    'emp_no' as kind,
    emp_no as value,
    count(*) as people
from placed
where emp_no is not null
group by fixmedins_code, emp_no
union all
select
    fixmedins_code,
    'admdvs' as kind,
    admdvs as value,
    count(*) as people
from placed
where admdvs is not null
group by fixmedins_code, admdvs
order by fixmedins_code, kind, value
