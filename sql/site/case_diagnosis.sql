-- Diagnoses of the settlements behind cases on lists.
-- grain: setl_id, diag_code, diag_type
-- inputs: core.diagnosis
-- parameters: setl_ids (list)
-- known limits: the published snapshot holds settlements and diagnoses whole, fee lines only behind findings
select
    setl_id,
    diag_code,
    diag_name,
    is_main,
    diag_srt_no
from core.diagnosis
where setl_id in (select unnest($setl_ids))
order by setl_id asc, is_main desc, diag_srt_no asc, diag_code asc, diag_name asc
