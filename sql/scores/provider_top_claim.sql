-- grain: one of the five settlements of a provider with the most money put forward
-- inputs: money.claim
-- parameters: start, until (dates, until exclusive)
-- known limits: none
with settled as (
    select
        fixmedins_code,
        setl_id,
        sum(fund_amount) as fund_amount
    from money.claim
    where
        setl_id is not null
        and coalesce(status, 'new') not in ('withdrawn', 'overturned', 'recovered')
        and setl_time >= cast($start as date)
        and setl_time < cast($until as date)
    group by fixmedins_code, setl_id
),

placed as (
    select
        fixmedins_code,
        setl_id,
        row_number() over (partition by fixmedins_code order by fund_amount desc, setl_id asc) as place
    from settled
)

select
    fixmedins_code,
    setl_id
from placed
where place <= 5
order by fixmedins_code, place
