-- Operations of the settlement lists.
-- grain: setl_id, oprn_oprt_code, oprn_oprt_date
-- inputs: cur.setl_list_oprn_d, core.settlement, core.code
-- parameters: none
-- limits: setl_no is null where no settlement came; oprn_oprt_code is without the YB that names the edition: as it was sent it
--   is in core.code
select
    o.setl_id, s.setl_no,
    case when upper(o.oprn_oprt_code) like 'YB_%' then substr(o.oprn_oprt_code, 3) else o.oprn_oprt_code end as oprn_oprt_code,
    c.code_no, o.oprn_oprt_name,
    cast(o.oprn_oprt_date as date) as oprn_oprt_date,
    coalesce(o.main_oprn_flag = '1', false) as is_main,
    o.oper_dr_code
from cur.setl_list_oprn_d as o
left join core.settlement as s on o.setl_id = s.setl_id
left join core.code as c on o.oprn_oprt_code = c.code and c.kind = 'operation'
