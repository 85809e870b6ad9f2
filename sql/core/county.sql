-- Counties and districts (six digits of admdvs) in which the area's providers lie.
-- grain: county
-- inputs: cur.medins_info_b
-- parameters: none
-- limits: providers without a code, or with one that is no number of six digits or more, say nothing
select distinct substr(admdvs, 1, 6) as county
from cur.medins_info_b
where regexp_matches(admdvs, '^[0-9]{6}')
order by 1
