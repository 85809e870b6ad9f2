select distinct
    mdtrt_id_(n) as mdtrt_id, 'ZY' || n as ipt_otp_no, 'K' || lpad(cast(n % 30 as varchar), 2, '0') as adm_dept_codg,
    'K' || lpad(cast(n % 30 as varchar), 2, '0') as dscg_dept_codg, (1 + n % 60) || '床' as adm_bed,
    case when in_hospital then '1' else '0' end as inhosp_stas, '0' || (1 + n % 3) as mdtrt_cert_type, $m as folder
from visit where chunk = $chunk and is_inpatient
