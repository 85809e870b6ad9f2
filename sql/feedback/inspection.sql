-- Inspections of a period, each with the complaint it may answer.
-- grain: inspection_id
-- inputs: cur.inspection_d, cur.complaint_d
-- parameters: $first_day, $before
-- limits: the latest complaint about the provider in the year before the inspection that no earlier inspection followed
with earlier as (
    select i.inspection_id, max(b.inspected_on) as last_on
    from cur.inspection_d as i
    left join cur.inspection_d as b on i.fixmedins_code = b.fixmedins_code and i.inspected_on > b.inspected_on
    group by i.inspection_id
),

told as (
    select i.inspection_id, max(c.received_on) as received_on
    from cur.inspection_d as i
    inner join earlier as e on i.inspection_id = e.inspection_id
    inner join cur.complaint_d as c
        on
            i.fixmedins_code = c.fixmedins_code
            and i.inspected_on >= c.received_on
            and i.inspected_on <= c.received_on + interval 365 day
            and (e.last_on is null or e.last_on < c.received_on)
    group by i.inspection_id
)

select
    i.inspection_id, i.fixmedins_code, i.inspected_on, coalesce(i.team, '') as team,
    cast(coalesce(i.found_amount, 0) as decimal(16, 2)) as found_amount,
    cast(coalesce(i.recovered_amount, 0) as decimal(16, 2)) as recovered_amount,
    t.received_on
from cur.inspection_d as i
left join told as t on i.inspection_id = t.inspection_id
where i.inspected_on >= $first_day and i.inspected_on < $before
order by i.inspection_id
