-- grain: one provider: rows checked and rows with a data problem over the quarters of the window
-- inputs: quality.result
-- parameters: first_quarter, last_quarter
-- known limits: a row that fails two checks counts twice on both sides
select
    fixmedins_code,
    cast(sum(rows) as bigint) as checked,
    cast(sum(violations) as bigint) as violations
from quality.result
where
    fixmedins_code is not null
    and period >= $first_quarter
    and period <= $last_quarter
group by fixmedins_code
order by fixmedins_code
