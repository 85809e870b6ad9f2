select
    setl_id_(n, part) as setl_id,
    case when d = 0 and is_inpatient then main_diag_(a) when d = 0 then diag_of(n, 20) when d = 1 and tier = 1 then ['J96.000', 'A41.900', 'N17.900', 'R57.000'][1 + n % 4]
         when d = 1 and tier = 3 then ['E87.600', 'D64.900', 'J90.x00', 'E11.700', 'I48.x00'][1 + n % 5] else diag_of(n * 4 + d, 22) end as diag_code,
    '1' as diag_type, '诊断' as diag_name, case when d = 0 then '1' else '0' end as maindiag_flag, case when is_inpatient then '1' end as adm_cond_type,
    d + 1 as diag_srt_no, folder
from (
    select *, unnest(range(case when is_inpatient then case when tier = 5 then 1 + n % 3 else 2 + n % 3 end when n % 10 < 7 then 1 else 0 end)) as d
    from settlement_out where part in (0, 1, 3) and not cancelled and version = 0
)
