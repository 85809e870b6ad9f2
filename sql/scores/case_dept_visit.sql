-- grain: one visit with the department it left from (or entered, where that is all there is)
-- inputs: cur.mdtrt_d
-- parameters: none
-- known limits: a transfer inside a stay counts wholly for the last department
select
    mdtrt_id,
    coalesce(dscg_dept_codg, adm_dept_codg) as dept_code
from cur.mdtrt_d
where coalesce(dscg_dept_codg, adm_dept_codg) is not null
