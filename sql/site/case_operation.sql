-- Operations of the settlements behind cases on lists.
-- grain: setl_id, oprn_oprt_code, oprn_oprt_date
-- inputs: core.operation
-- parameters: setl_ids (list)
-- known limits: the published snapshot holds settlements and diagnoses whole, fee lines only behind findings
select
    setl_id,
    oprn_oprt_code,
    oprn_oprt_name,
    oprn_oprt_date,
    is_main
from core.operation
where setl_id in (select unnest($setl_ids))
order by setl_id asc, is_main desc, oprn_oprt_date asc, oprn_oprt_code asc, oprn_oprt_name asc
