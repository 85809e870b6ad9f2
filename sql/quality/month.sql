-- grain: one row a check: months of the period without settlements, without fee lines, or with far fewer settlements than usual
-- inputs: temp.work_settlement, cur.fee_list_d
-- parameters: $start_on, $before
-- known limits: usual is the median month among the loaded ones before the period's end, at least four of them
with calendar as (
    select cast($start_on as date) as month_start
    union all
    select cast(cast($start_on as date) + interval 1 month as date) as month_start
    union all
    select cast(cast($start_on as date) + interval 2 month as date) as month_start
),

settled as (
    select cast(date_trunc('month', setl_time) as date) as month_start, count(*) as settlements
    from temp.work_settlement
    where setl_time < $before
    group by cast(date_trunc('month', setl_time) as date)
),

recent as (
    select month_start, settlements
    from settled
    where month_start >= cast($start_on as date) - interval 12 month
),

usual as (
    select median(settlements) as middle, count(*) as months from recent
),

lined as (
    select cast(date_trunc('month', fee_ocur_time) as date) as month_start
    from cur.fee_list_d
    group by cast(date_trunc('month', fee_ocur_time) as date)
),

any_line as (
    select count(*) > 0 as yes from lined
),

judged as (
    select
        c.month_start,
        case when s.month_start is null then 1 else 0 end as without_settlements,
        case when a.yes then case when l.month_start is null then 1 else 0 end end as without_lines,
        case when u.months >= 4 and s.month_start is not null then case when s.settlements < u.middle / 2.0 then 1 else 0 end end as thin
    from calendar as c
    left join settled as s on c.month_start = s.month_start
    left join lined as l on c.month_start = l.month_start
    cross join any_line as a
    cross join usual as u
)

select
    cast(null as varchar) as fixmedins_code,
    'setl_rows' as check_id,
    cast(1 as bigint) as checked,
    cast(case when sum(without_settlements) = 3 then 1 else 0 end as bigint) as violations,
    cast(null as varchar) as lowest,
    cast(null as varchar) as highest
from judged
union all
select
    cast(null as varchar) as fixmedins_code,
    'month_settlements' as check_id,
    cast(count(*) as bigint) as checked,
    cast(sum(without_settlements) as bigint) as violations,
    min(case when without_settlements = 1 then cast(month_start as varchar) end) as lowest,
    max(case when without_settlements = 1 then cast(month_start as varchar) end) as highest
from judged
union all
select
    cast(null as varchar) as fixmedins_code,
    'month_lines' as check_id,
    cast(count(without_lines) as bigint) as checked,
    cast(coalesce(sum(without_lines), 0) as bigint) as violations,
    min(case when without_lines = 1 then cast(month_start as varchar) end) as lowest,
    max(case when without_lines = 1 then cast(month_start as varchar) end) as highest
from judged
union all
select
    cast(null as varchar) as fixmedins_code,
    'month_volume' as check_id,
    cast(count(thin) as bigint) as checked,
    cast(coalesce(sum(thin), 0) as bigint) as violations,
    min(case when thin = 1 then cast(month_start as varchar) end) as lowest,
    max(case when thin = 1 then cast(month_start as varchar) end) as highest
from judged
