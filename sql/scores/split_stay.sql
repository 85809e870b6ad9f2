-- grain: one provider: stays of the window and those that follow another stay of the same person there within split_days
-- inputs: core.stay, score.planned_stay
-- parameters: start, until (dates), split_days (integer)
-- known limits: planned returns are known by their codes only; a return on the day of discharge counts
with followed as (
    select
        s.fixmedins_code,
        s.last_setl_time,
        s.begndate,
        k.mdtrt_id is not null as is_planned,
        lag(s.enddate) over (
            partition by s.psn_id, s.fixmedins_code order by s.begndate asc, s.mdtrt_id asc
        ) as before_end
    from core.stay as s
    left join score.planned_stay as k on s.mdtrt_id = k.mdtrt_id
    where s.last_setl_time < cast($until as date)
)

select
    fixmedins_code,
    count(*) as stays,
    cast(sum(
        case
            when
                before_end is not null
                and begndate >= before_end
                and date_diff('day', before_end, begndate) <= $split_days
                and not is_planned
                then 1
            else 0
        end
    ) as bigint) as split_stays
from followed
where last_setl_time >= cast($start as date)
group by fixmedins_code
order by fixmedins_code
