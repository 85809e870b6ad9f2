-- Diagnoses of the settlement lists.
-- grain: setl_id, diag_code, diag_type
-- inputs: cur.setl_list_diag_d
-- parameters: none
-- limits: none
select
    setl_id, diag_code, diag_name, diag_type,
    coalesce(maindiag_flag = '1', false) as is_main,
    adm_cond_type, diag_srt_no
from cur.setl_list_diag_d
