-- Claims a candidate with every payer in a column.
-- grain: candidate_id of this period that holds money, or shows without money
-- inputs: money.candidate, money.decided_claim, core.settlement
-- parameters: $period
-- limits: a finding left with nothing is not a row; an item's row has no settlement, and is bundled where any of its lines is of a
--         DRG/DIP-paid case
with row_of as (
    select
        c.candidate_id, c.rule_id,
        max(case when c.level <> 'item' then c.setl_id end) as setl_id,
        max(case when c.level <> 'item' then c.bkkp_sn end) as bkkp_sn,
        max(case when c.kind <> 'none' then s.bundled else 0 end) as bundled,
        min(case when c.kind = 'none' then 1 else 0 end) as shows_anyway
    from money.candidate as c
    left join core.settlement as s on c.setl_id = s.setl_id
    where c.period = $period
    group by c.candidate_id, c.rule_id
)

select
    c.candidate_id, c.setl_id, c.bkkp_sn, c.rule_id, c.bundled,
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
from row_of as c
left join money.decided_claim as p on c.candidate_id = p.candidate_id
group by c.candidate_id, c.setl_id, c.bkkp_sn, c.rule_id, c.bundled, c.shows_anyway
having c.shows_anyway = 1 or sum(p.fen) > 0
