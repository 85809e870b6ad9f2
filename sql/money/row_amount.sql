-- Claims a candidate with every payer in a column.
-- grain: candidate_id of this period that holds money, or shows without money
-- inputs: money.candidate, money.payer_claim
-- parameters: $period
-- limits: a finding left with nothing is not a row
select
    c.candidate_id, c.setl_id, c.bkkp_sn, c.rule_id,
    cast(cast(coalesce(sum(case when p.payer = 'hifp' then p.fen end), 0) as decimal(20, 0)) * 0.01 as decimal(16, 2)) as hifp,
    cast(cast(coalesce(sum(case when p.payer = 'cvlserv' then p.fen end), 0) as decimal(20, 0)) * 0.01 as decimal(16, 2)) as cvlserv,
    cast(cast(coalesce(sum(case when p.payer = 'hifes' then p.fen end), 0) as decimal(20, 0)) * 0.01 as decimal(16, 2)) as hifes,
    cast(cast(coalesce(sum(case when p.payer = 'hifmi' then p.fen end), 0) as decimal(20, 0)) * 0.01 as decimal(16, 2)) as hifmi,
    cast(cast(coalesce(sum(case when p.payer = 'hifob' then p.fen end), 0) as decimal(20, 0)) * 0.01 as decimal(16, 2)) as hifob,
    cast(cast(coalesce(sum(case when p.payer = 'hifdm' then p.fen end), 0) as decimal(20, 0)) * 0.01 as decimal(16, 2)) as hifdm,
    cast(cast(coalesce(sum(case when p.payer = 'maf' then p.fen end), 0) as decimal(20, 0)) * 0.01 as decimal(16, 2)) as maf,
    cast(cast(coalesce(sum(case when p.payer = 'oth' then p.fen end), 0) as decimal(20, 0)) * 0.01 as decimal(16, 2)) as oth,
    cast(cast(coalesce(sum(case when p.payer = 'acct' then p.fen end), 0) as decimal(20, 0)) * 0.01 as decimal(16, 2)) as acct,
    cast(cast(coalesce(sum(case when p.payer = 'acct_mulaid' then p.fen end), 0) as decimal(20, 0)) * 0.01 as decimal(16, 2)) as acct_mulaid
from money.candidate as c
left join money.payer_claim as p on c.candidate_id = p.candidate_id
where c.period = $period
group by c.candidate_id, c.setl_id, c.bkkp_sn, c.rule_id, c.kind
having c.kind = 'none' or sum(p.fen) > 0
