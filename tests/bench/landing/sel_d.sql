select
    'X' || lid as doc_sn, provider_code_(provider) as fixmedins_code, code_of(item) as med_list_codg, 'B' || item as fixmedins_bchno, cast(cnt as decimal(16, 4)) as cnt,
    setl_at as ocur_time, setl_id_(n, part) as setl_id, '8' || lpad(cast(lid as varchar), 19, '0') as drug_trac_codg, $m as folder
from line where item % 10 < 5 and provider % 20 = 3 and kind = 'pharmacy' and part = 0 and refund = 0 and not in_hospital
