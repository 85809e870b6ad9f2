-- grain: one knowledge point of what treating a diagnosis charges (subject_code, item_codes)
-- inputs: cur.kp_expect
-- parameters: first, last (dates of the first and the last case)
-- known limits: valid on any day between them is enough; the rule it was entered under does not matter
select
    subject_code,
    item_codes
from cur.kp_expect
where
    item_codes is not null
    and valid_from <= $last
    and coalesce(valid_to, date '9999-12-31') >= $first
order by subject_code, item_codes
