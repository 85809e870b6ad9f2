-- Findings that can hold money, in the order in which they are served.
-- grain: candidate_id, setl_id, bkkp_sn (an item's candidate has a row a line of the item)
-- inputs: money.found, money.issued, money.standing, money.rule, core.settlement, core.fee_line
-- parameters: $period, $bundled_line_policy
-- limits: findings of the quarters before that touch the same settlements are served before this period's new ones (what they hold
--         as issued is in money.hold, what they add to it comes here), so that two periods never put the same yuan forward; a
--         candidate found in several periods belongs to the first. What was refunded whole, is not settled, was not
--         paid by the fund or was overturned is not a candidate. Lines are served before cases, cases before a provider's items.
--         The order goes by the rule's track, and among candidates of one issue by the confidence that they were issued with, so that
--         neither confirming a basis nor later decisions move money from rule to rule
with touched as (
    select distinct setl_id
    from money.found
    where period = $period and setl_id is not null
),

competing as (
    select
        f.*, i.held_confidence,
        case when f.period = $period and i.held and i.issued_in = $period then i.held_since end as held_since
    from money.found as f
    left join touched as t on f.setl_id = t.setl_id
    left join money.issued as i on f.candidate_id = i.candidate_id
    left join money.standing as d on f.candidate_id = d.candidate_id
    where
        f.period <= $period
        and (t.setl_id is not null or f.period = $period)
        and coalesce(d.outcome, '') <> 'overturned'
),

payable as (
    select
        f.candidate_id, f.level, f.rule_id, f.period, f.setl_id, f.bkkp_sn, f.held_since, r.track, f.part_num, f.part_den,
        f.gross_amount, f.evidence, f.reason,
        case when f.held_since is not null then f.held_confidence else cast(r.confidence as decimal(5, 4)) end as confidence,
        f.held_since is not null as held,
        case
            when f.claim_kind in ('none', 'fund') then f.claim_kind
            when f.bkkp_sn is null then 'case'
            when s.bundled = 1 and $bundled_line_policy = 'none' then 'none'
            when f.level = 'item' then 'item'
            else 'line'
        end as kind
    from competing as f
    inner join money.rule as r on f.rule_id = r.rule_id
    left join core.settlement as s on f.setl_id = s.setl_id
    left join core.fee_line as l on f.bkkp_sn = l.bkkp_sn and f.setl_id = l.setl_id
    where
        (f.setl_id is null or (s.refund_state <> 'full' and s.paid > 0))
        and (f.bkkp_sn is null or (l.state = 'settled' and not l.refunded))
        and (f.claim_kind = 'none' or (f.part_num > 0 and f.part_den > 0))
),

once as (
    select
        *,
        row_number() over (
            partition by candidate_id, setl_id, bkkp_sn
            order by
                period asc, gross_amount desc, kind asc, part_num desc, part_den asc, evidence asc, reason asc
        ) as place
    from payable
)

select
    candidate_id, level, rule_id, period, setl_id, bkkp_sn, kind, held,
    cast(least(part_num, part_den) * 10000 as hugeint) as part_num,
    cast(part_den * 10000 as hugeint) as part_den,
    row_number() over (
        partition by setl_id
        order by
            coalesce(held_since, 1000000000) asc, period asc,
            case level when 'line' then 0 when 'case' then 1 else 2 end asc,
            case when track = 'clear' then 0 else 1 end asc, confidence desc, rule_id asc, bkkp_sn asc, candidate_id asc
    ) as turn
from once
where place = 1
