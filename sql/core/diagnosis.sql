-- Diagnoses of the settlement lists.
-- grain: setl_id, diag_code, diag_type
-- inputs: cur.setl_list_diag_d, core.settlement, core.code
-- parameters: none
-- limits: setl_no is null where no settlement came; diag_code is the code as prefixes are written, without the YB that names the
--   edition and with a capital first: as it was sent it is in core.code; is_icd: of no type of Chinese medicine and not written like
--   its codes (A08.01.01), which begin with the letters and digits of other illnesses
select
    d.setl_id, s.setl_no,
    case
        when upper(d.diag_code) like 'YB_%' then upper(substr(d.diag_code, 3, 1)) || substr(d.diag_code, 4)
        else upper(substr(d.diag_code, 1, 1)) || substr(d.diag_code, 2)
    end as diag_code,
    c.code_no, d.diag_name, d.diag_type,
    coalesce(d.maindiag_flag = '1', false) as is_main,
    coalesce(d.diag_type not in ('2', '02', '3', '03'), true)
    and not regexp_matches(d.diag_code, '^([Yy][Bb])?[A-Za-z][0-9]{2}[.][0-9]{2}[.]') as is_icd,
    d.adm_cond_type, d.diag_srt_no
from cur.setl_list_diag_d as d
left join core.settlement as s on d.setl_id = s.setl_id
left join core.code as c on d.diag_code = c.code and c.kind = 'diagnosis'
