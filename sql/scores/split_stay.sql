-- grain: one provider: stays of the window and those that follow another stay of the same person there within split_days
-- inputs: core.stay, core.diagnosis
-- parameters: start, until (dates), split_days (integer), planned (list of diagnosis prefixes of three characters)
-- known limits: planned returns are known by their main diagnosis only; a return on the day of discharge counts
with main_diagnosis as (
    select
        setl_id,
        max(substr(diag_code, 1, 3)) as chapter
    from core.diagnosis
    where is_main
    group by setl_id
),

followed as (
    select
        s.fixmedins_code,
        s.last_setl_time,
        s.begndate,
        coalesce(d.chapter, '') as chapter,
        lag(s.enddate) over (
            partition by s.psn_id, s.fixmedins_code order by s.begndate asc, s.mdtrt_id asc
        ) as before_end
    from core.stay as s
    left join main_diagnosis as d on s.last_setl_id = d.setl_id
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
                and not array_contains($planned, chapter)
                then 1
            else 0
        end
    ) as bigint) as split_stays
from followed
where last_setl_time >= cast($start as date)
group by fixmedins_code
order by fixmedins_code
