-- Each refund and the settlement it undoes: by init_setl_id, else by equal person, provider, dates and amounts.
-- grain: setl_id of the refund
-- inputs: core.delivered, core.link (chains resolved)
-- parameters: $refund_match_days (a refund without init_setl_id looks back so many days)
-- limits: a refund of a matched refund follows it; a matched pair has the same total, fund, account and every payer's amount,
--         but for what a row of the like ones leaves empty (months come without a column); several equal pairs pair in
--         order of time, first with first, a refund taking only originals settled before it; what has a refund by
--         init_setl_id is not matched again
with linked as (
    select child as refund_id, parent as setl_id
    from core.link
    where arrived
),

open_rows as (
    select d.*
    from core.delivered as d
    left join linked as r on d.setl_id = r.refund_id
    left join (select distinct setl_id from linked) as o on d.setl_id = o.setl_id
    left join core.link as c on d.setl_id = c.child
    where r.refund_id is null and o.setl_id is null and c.child is null
),

groups_with_refund as (
    select distinct psn_id, fixmedins_code, begndate, enddate, -medfee_sumamt as amount
    from open_rows
    where is_refund
),

marked as (
    select
        d.setl_id, d.is_refund, d.setl_time, d.psn_id, d.fixmedins_code,
        concat_ws(
            '|', d.begndate, d.enddate, abs(d.medfee_sumamt), abs(d.fund_pay_sumamt), abs(d.hifp_pay),
            case when count(d.cvlserv_pay) over alike = count(*) over alike then abs(d.cvlserv_pay) end,
            case when count(d.hifes_pay) over alike = count(*) over alike then abs(d.hifes_pay) end,
            case when count(d.hifmi_pay) over alike = count(*) over alike then abs(d.hifmi_pay) end,
            case when count(d.hifob_pay) over alike = count(*) over alike then abs(d.hifob_pay) end,
            case when count(d.hifdm_pay) over alike = count(*) over alike then abs(d.hifdm_pay) end,
            case when count(d.maf_pay) over alike = count(*) over alike then abs(d.maf_pay) end,
            case when count(d.oth_pay) over alike = count(*) over alike then abs(d.oth_pay) end,
            case when count(d.acct_pay) over alike = count(*) over alike then abs(d.acct_pay) end,
            case when count(d.acct_mulaid_pay) over alike = count(*) over alike then abs(d.acct_mulaid_pay) end
        ) as likeness
    from open_rows as d
    inner join groups_with_refund as g
        on
            d.psn_id = g.psn_id and d.fixmedins_code = g.fixmedins_code and d.begndate = g.begndate
            and d.enddate = g.enddate and abs(d.medfee_sumamt) = g.amount
    window alike as (partition by d.psn_id, d.fixmedins_code, d.begndate, d.enddate, abs(d.medfee_sumamt))
),

balance as (
    -- originals waiting for a refund after each row; below zero a refund came with no original before it
    select
        *,
        sum(case when is_refund then -1 else 1 end) over (
            partition by psn_id, fixmedins_code, likeness
            order by setl_time, is_refund, setl_id
            rows between unbounded preceding and current row
        ) as waiting
    from marked
),

lowest as (
    select
        *,
        min(waiting) over (
            partition by psn_id, fixmedins_code, likeness
            order by setl_time, is_refund, setl_id
            rows between unbounded preceding and 1 preceding
        ) as lowest_before
    from balance
),

paired as (
    select setl_id, is_refund, setl_time, psn_id, fixmedins_code, likeness
    from lowest
    where not (is_refund and waiting < least(coalesce(lowest_before, 0), 0))
),

numbered as (
    select
        *,
        row_number() over (
            partition by psn_id, fixmedins_code, likeness, is_refund order by setl_time, setl_id
        ) as place
    from paired
),

matched as (
    select r.setl_id as refund_id, o.setl_id
    from numbered as r
    inner join numbered as o
        on
            r.psn_id = o.psn_id and r.fixmedins_code = o.fixmedins_code and r.likeness = o.likeness
            and r.place = o.place
    where
        r.is_refund and not o.is_refund and r.setl_time >= o.setl_time
        and date_diff('day', cast(o.setl_time as date), cast(r.setl_time as date)) <= $refund_match_days
)

select refund_id, setl_id, 'init_setl_id' as found_by from linked
union all
select refund_id, setl_id, 'likeness' as found_by from matched
union all
select c.child as refund_id, m.setl_id, 'init_setl_id' as found_by
from core.link as c
inner join matched as m on c.parent = m.refund_id
where not c.arrived
