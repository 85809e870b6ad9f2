-- grain: one person of interest, with what the register and the settlements say of household, work, home and age
-- inputs: gathering_someone (psn_id), cur.psn_info_b, core.settlement
-- parameters: start, until (dates, until exclusive)
-- known limits: household_no and emp_no are pseudonyms or codes as delivered; without a register the columns are null
with aged as (
    select
        s.psn_id,
        max(s.age) as age
    from core.settlement as s
    inner join gathering_someone as p on s.psn_id = p.psn_id
    where s.setl_time >= cast($start as date) and s.setl_time < cast($until as date)
    group by s.psn_id
),

known as (
    select
        i.psn_id,
        max(i.household_no) as household_no,
        max(i.emp_no) as emp_no,
        max(i.admdvs) as admdvs,
        max(i.brdy) as brdy
    from cur.psn_info_b as i
    inner join gathering_someone as p on i.psn_id = p.psn_id
    group by i.psn_id
)

select
    p.psn_id,
    k.household_no,
    k.emp_no,
    k.admdvs,
    coalesce(cast(date_diff('day', k.brdy, cast($until as date)) / 365.25 as double), cast(a.age as double)) as age
from gathering_someone as p
left join known as k on p.psn_id = k.psn_id
left join aged as a on p.psn_id = a.psn_id
order by p.psn_id
