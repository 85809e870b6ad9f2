-- What was charged or coded: every fee line, diagnosis and operation that a knowledge point can speak about.
-- grain: one settled fee line (kind item), one diagnosis (or syndrome) or one operation of a settlement
-- inputs: core.fee_line, core.diagnosis, core.operation, core.settlement
-- parameters: none
-- known limits: line_id is the number of the stored row of core (with kind a key);
--   lines without a positive net count and amount, and settlements refunded whole, are no occurrence;
--   a diagnosis of Chinese medicine is of kind syndrome, for its codes are no ICD-10 and begin with the same letters;
--   a diagnosis is dated by the first day of its settlement, an operation without a date likewise
-- The settlement is joined to all kinds at once, so that an engine may pick out the few lines of a rule before it looks at whose.
with coded as (
    select
        'item' as kind,
        rowid as line_id,
        'line' as claim_kind,
        code_no,
        item_code as code,
        coalesce(hilist_code, '') as hilist_code,
        item_name as name,
        setl_no,
        bkkp_sn,
        service_date,
        fee_ocur_time,
        cnt,
        pric,
        det_item_fee_sumamt as amount,
        coalesce(overlmt_amt, 0) as overlmt_amt,
        coalesce(inscp_scp_amt, det_item_fee_sumamt) as inscp_amt,
        prd_days,
        net_prd_days,
        dept_code
    from core.fee_line
    where state = 'settled' and cnt > 0 and det_item_fee_sumamt > 0
    union all
    select
        case when d.is_icd then 'diagnosis' else 'syndrome' end as kind,
        d.rowid as line_id,
        'none' as claim_kind,
        d.code_no,
        d.diag_code as code,
        '' as hilist_code,
        d.diag_name as name,
        d.setl_no,
        cast(null as varchar) as bkkp_sn,
        s.begndate as service_date,
        cast(null as timestamp) as fee_ocur_time,
        cast(null as decimal(16, 4)) as cnt,
        cast(null as decimal(16, 6)) as pric,
        s.net_medfee_sumamt as amount,
        cast(0 as decimal(16, 2)) as overlmt_amt,
        cast(0 as decimal(16, 2)) as inscp_amt,
        cast(null as decimal(16, 4)) as prd_days,
        cast(null as decimal(16, 4)) as net_prd_days,
        cast(null as varchar) as dept_code
    from core.diagnosis as d
    inner join core.settlement as s on d.setl_no = s.setl_no
    union all
    select
        'operation' as kind,
        o.rowid as line_id,
        'none' as claim_kind,
        o.code_no,
        o.oprn_oprt_code as code,
        '' as hilist_code,
        o.oprn_oprt_name as name,
        o.setl_no,
        cast(null as varchar) as bkkp_sn,
        coalesce(o.oprn_oprt_date, s.begndate) as service_date,
        cast(null as timestamp) as fee_ocur_time,
        cast(null as decimal(16, 4)) as cnt,
        cast(null as decimal(16, 6)) as pric,
        s.net_medfee_sumamt as amount,
        cast(0 as decimal(16, 2)) as overlmt_amt,
        cast(0 as decimal(16, 2)) as inscp_amt,
        cast(null as decimal(16, 4)) as prd_days,
        cast(null as decimal(16, 4)) as net_prd_days,
        cast(null as varchar) as dept_code
    from core.operation as o
    inner join core.settlement as s on o.setl_no = s.setl_no
)

select
    o.kind,
    o.line_id,
    o.claim_kind,
    o.code_no,
    o.code,
    o.hilist_code,
    o.name,
    s.setl_id,
    o.bkkp_sn,
    s.mdtrt_id,
    s.psn_id,
    s.fixmedins_code,
    s.setl_time,
    s.quarter,
    o.service_date,
    o.fee_ocur_time,
    o.cnt,
    o.pric,
    o.amount,
    o.overlmt_amt,
    o.inscp_amt,
    o.prd_days,
    o.net_prd_days,
    o.dept_code,
    s.med_type,
    s.insutype,
    s.dise_codg,
    s.is_inpatient,
    s.gend,
    s.brdy,
    s.age,
    s.hosp_lv
from coded as o
inner join core.settlement as s on o.setl_no = s.setl_no
where s.refund_state <> 'full'
