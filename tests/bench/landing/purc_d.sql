-- every twentieth pharmacy and hospital reports its stock: what it bought is a little more than what it billed
select
    'C$chunk-$m-' || row_number() over () as doc_sn, provider_code_(provider) as fixmedins_code, code_of(item) as med_list_codg, 'B' || item as fixmedins_bchno,
    cast(ceil(sum(cnt) * 1.05) as decimal(16, 4)) as cnt, cast(date_trunc('month', min(setl_at)) as timestamp) as ocur_time, $m as folder
from line where item % 10 < 5 and provider % 20 = 3 and not in_hospital group by provider, item having sum(cnt) > 0
