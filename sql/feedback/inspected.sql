-- grain: one inspection of a plan year
-- inputs: cur.inspection_d
-- parameters: $first_day, $before (dates, before exclusive)
-- known limits: an empty found_amount is a result that is not told yet, never nought
select
    inspection_id, fixmedins_code, inspected_on,
    coalesce(mode, '') as mode,
    cast(found_amount as decimal(16, 2)) as found_amount,
    cast(recovered_amount as decimal(16, 2)) as recovered_amount
from cur.inspection_d
where inspected_on >= $first_day and inspected_on < $before
order by fixmedins_code, inspected_on, inspection_id
