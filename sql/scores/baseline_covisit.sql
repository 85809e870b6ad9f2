-- grain: one pair of persons seen at one provider on at least least_days same days, the baseline for gathering
-- inputs: core.settlement
-- parameters: start, until (dates, until exclusive), least_days (integer), busiest (integer; provider days with more people are left out)
-- known limits: grows with the square of a day's people, so it serves small areas only; it finds crowds
with seen as (
    select distinct
        psn_id,
        fixmedins_code,
        cast(setl_time as date) as day
    from core.settlement
    where
        not is_inpatient
        and setl_time >= cast($start as date)
        and setl_time < cast($until as date)
),

calm as (
    select
        fixmedins_code,
        day
    from seen
    group by fixmedins_code, day
    having count(*) between 2 and $busiest
),

counted as (
    select
        seen.psn_id,
        seen.fixmedins_code,
        seen.day,
        count(*) over (partition by seen.psn_id, seen.fixmedins_code) as days
    from seen
    inner join calm on seen.fixmedins_code = calm.fixmedins_code and seen.day = calm.day
),

present as (
    select
        psn_id,
        fixmedins_code,
        day
    from counted
    where days >= $least_days
)

select
    a.psn_id as psn_a,
    b.psn_id as psn_b
from present as a
inner join present as b
    on a.fixmedins_code = b.fixmedins_code and a.day = b.day and a.psn_id < b.psn_id
group by a.psn_id, b.psn_id, a.fixmedins_code
having count(*) >= $least_days
order by a.psn_id, b.psn_id
