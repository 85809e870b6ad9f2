-- What was charged or coded, beside every subject of a knowledge point that it answers to.
-- grain: one occurrence (fee line, diagnosis, operation) and one subject_code
-- inputs: finding.occurrence, finding.subject_match
-- parameters: none
-- known limits: columns are named as a finding names them; `name` is the sender's and may be null
select
    o.kind,
    o.line_id,
    o.claim_kind,
    o.quarter as period,
    o.fixmedins_code,
    o.setl_id,
    o.bkkp_sn,
    o.code as item_code,
    o.name,
    o.cnt,
    o.pric,
    o.amount as gross_amount,
    o.overlmt_amt,
    o.inscp_amt,
    o.prd_days,
    o.net_prd_days,
    o.hilist_code,
    o.mdtrt_id,
    o.psn_id,
    o.setl_time,
    o.service_date,
    o.fee_ocur_time,
    o.dept_code,
    o.med_type,
    o.insutype,
    o.dise_codg,
    o.is_inpatient,
    o.gend,
    o.brdy,
    o.age,
    o.hosp_lv,
    m.subject_code
from finding.occurrence as o
inner join finding.subject_match as m on o.code_no = m.code_no
