-- Operations of the settlement lists.
-- grain: setl_id, oprn_oprt_code, oprn_oprt_date
-- inputs: cur.setl_list_oprn_d
-- parameters: none
-- limits: none
select
    setl_id, oprn_oprt_code, oprn_oprt_name,
    cast(oprn_oprt_date as date) as oprn_oprt_date,
    coalesce(main_oprn_flag = '1', false) as is_main,
    oper_dr_code
from cur.setl_list_oprn_d
