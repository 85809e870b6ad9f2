select
    '330999F' || lpad(cast(lid as varchar), 14, '0') as bkkp_sn, case when not in_hospital then setl_id_(n, part) end as setl_id,
    mdtrt_id_(n) as mdtrt_id, psn_no_(person) as psn_no, fee_at as fee_ocur_time, code_of(item) as med_list_codg, 'C' || item as hilist_code,
    '项目' || item as hilist_name, provider || '-' || item as medins_list_codg,
    case when item % 10 < 5 then '101' when item % 10 = 8 then '301' else '201' end as list_type,
    case when item % 10 < 5 then '09' when item % 10 < 7 then '03' when item % 10 = 7 then '07' when item % 10 = 8 then '08' else '05' end
        as med_chrgitm_type,
    '0' || (1 + lv) as chrgitm_lv, cast(cnt as decimal(16, 4)) as cnt, cast(yuan_(pric) as decimal(16, 6)) as pric,
    yuan_(total) as det_item_fee_sumamt, yuan_(scope) as inscp_scp_amt, yuan_(over) as overlmt_amt, yuan_(own) as fulamt_ownpay_amt,
    yuan_(pre) as preselfpay_amt, ['0.0000', '0.1000', '1.0000'][1 + lv] as selfpay_prop,
    case when item % 10 < 5 and n % 4 = 0 then cast(abs(cnt) * 2 as varchar) end as prd_days,
    case when kind <> 'pharmacy' then 'K' || lpad(cast(n % 30 as varchar), 2, '0') || case when off > 0 then 'X' else '' end end as bilg_dept_codg,
    case when kind <> 'pharmacy' then 'D' || provider || '-' || n % 40 end as bilg_dr_codg,
    case when item % 10 < 5 then 'R' || n || '-' || k // 6 end as rxno,
    case when init_lid is not null then '330999F' || lpad(cast(init_lid as varchar), 14, '0') end as init_feedetl_sn,
    case when cancelled then '0' else '1' end as vali_flag, updt_time, folder
from line_out
