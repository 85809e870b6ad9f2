-- Everybody with a settlement, numbered: comparing numbers costs a part of comparing pseudonyms.
-- grain: psn_id
-- inputs: core.netted
-- parameters: none
-- limits: person_no follows the order of psn_id and holds until core is made anew
select
    psn_id,
    cast(row_number() over (order by psn_id) as integer) as person_no
from core.netted
where psn_id is not null
group by psn_id
