select
    setl_id_(n, part) as setl_id, oprn_of_(a) as oprn_oprt_code, begndate + cast((enddate - begndate) // 2 as integer) as oprn_oprt_date, '手术' || a as oprn_oprt_name,
    '1' as main_oprn_flag, 'D' || provider || '-' || (n + 1) % 40 as oper_dr_code, '1' as anst_way, folder
from settlement_out where is_inpatient and a % 3 = 0 and part in (0, 1, 3) and not cancelled and version = 0
