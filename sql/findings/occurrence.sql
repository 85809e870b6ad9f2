-- What was charged or coded: every fee line, diagnosis and operation that a knowledge point can speak about.
-- grain: one settled fee line (kind item), one diagnosis or one operation of a settlement
-- inputs: core.fee_line, core.diagnosis, core.operation, core.settlement
-- parameters: none
-- known limits: lines without a positive net count and amount, and settlements refunded whole, are no occurrence;
--   a diagnosis is dated by the first day of its settlement, an operation without a date likewise
select
    'item' as kind,
    'line' as claim_kind,
    l.item_code as code,
    coalesce(l.hilist_code, '') as hilist_code,
    l.item_name as name,
    l.setl_id,
    l.bkkp_sn,
    s.mdtrt_id,
    s.psn_id,
    s.fixmedins_code,
    s.setl_time,
    s.quarter,
    l.service_date,
    l.fee_ocur_time,
    l.cnt,
    l.pric,
    l.det_item_fee_sumamt as amount,
    coalesce(l.overlmt_amt, 0) as overlmt_amt,
    coalesce(l.inscp_scp_amt, l.det_item_fee_sumamt) as inscp_amt,
    l.prd_days,
    l.net_prd_days,
    l.dept_code,
    s.med_type,
    s.insutype,
    s.dise_codg,
    s.is_inpatient,
    s.gend,
    s.brdy,
    s.age,
    s.hosp_lv
from core.fee_line as l
inner join core.settlement as s on l.setl_id = s.setl_id
where l.state = 'settled' and l.cnt > 0 and l.det_item_fee_sumamt > 0 and s.refund_state <> 'full'
union all
select
    'diagnosis' as kind,
    'none' as claim_kind,
    d.diag_code as code,
    '' as hilist_code,
    d.diag_name as name,
    d.setl_id,
    cast(null as varchar) as bkkp_sn,
    s.mdtrt_id,
    s.psn_id,
    s.fixmedins_code,
    s.setl_time,
    s.quarter,
    s.begndate as service_date,
    cast(null as timestamp) as fee_ocur_time,
    cast(null as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 6)) as pric,
    s.net_medfee_sumamt as amount,
    cast(0 as decimal(16, 2)) as overlmt_amt,
    cast(0 as decimal(16, 2)) as inscp_amt,
    cast(null as decimal(16, 4)) as prd_days,
    cast(null as decimal(16, 4)) as net_prd_days,
    cast(null as varchar) as dept_code,
    s.med_type,
    s.insutype,
    s.dise_codg,
    s.is_inpatient,
    s.gend,
    s.brdy,
    s.age,
    s.hosp_lv
from core.diagnosis as d
inner join core.settlement as s on d.setl_id = s.setl_id
where s.refund_state <> 'full'
union all
select
    'operation' as kind,
    'none' as claim_kind,
    o.oprn_oprt_code as code,
    '' as hilist_code,
    o.oprn_oprt_name as name,
    o.setl_id,
    cast(null as varchar) as bkkp_sn,
    s.mdtrt_id,
    s.psn_id,
    s.fixmedins_code,
    s.setl_time,
    s.quarter,
    coalesce(o.oprn_oprt_date, s.begndate) as service_date,
    cast(null as timestamp) as fee_ocur_time,
    cast(null as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 6)) as pric,
    s.net_medfee_sumamt as amount,
    cast(0 as decimal(16, 2)) as overlmt_amt,
    cast(0 as decimal(16, 2)) as inscp_amt,
    cast(null as decimal(16, 4)) as prd_days,
    cast(null as decimal(16, 4)) as net_prd_days,
    cast(null as varchar) as dept_code,
    s.med_type,
    s.insutype,
    s.dise_codg,
    s.is_inpatient,
    s.gend,
    s.brdy,
    s.age,
    s.hosp_lv
from core.operation as o
inner join core.settlement as s on o.setl_id = s.setl_id
where s.refund_state <> 'full'
