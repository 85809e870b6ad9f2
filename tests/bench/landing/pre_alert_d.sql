select
    'A' || sid as alert_id, setl_at as alert_time, provider_code_(provider) as fixmedins_code, 'D' || provider || '-' || n % 40 as bilg_dr_codg,
    'R' || lpad(cast(1 + n % 30 as varchar), 2, '0') as rule_id, mdtrt_id_(n) as mdtrt_id, setl_id_(n, part) as setl_id, cast(n % 3 % 2 as varchar) as heeded, folder
from settlement_out where chance(n, 38) < 0.002 and part = 0 and version = 0
