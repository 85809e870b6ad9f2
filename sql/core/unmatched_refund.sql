-- Refunds that undo nothing known, and settlements whose refunds exceed what was paid.
-- grain: setl_id, reason (no_original: the refund's own setl_id; over_refunded: the original's)
-- inputs: core.delivered, core.refund, core.netted
-- parameters: none
-- limits: fund_amount is what the fund got back beyond what can be netted, so never positive
select
    d.setl_id, d.fixmedins_code, d.psn_id,
    cast(date_trunc('month', d.setl_time) as date) as month,
    cast(
        coalesce(d.hifp_pay, 0) + coalesce(d.cvlserv_pay, 0) + coalesce(d.hifes_pay, 0) + coalesce(d.hifmi_pay, 0)
        + coalesce(d.hifob_pay, 0) + coalesce(d.hifdm_pay, 0) + coalesce(d.maf_pay, 0) + coalesce(d.oth_pay, 0)
        as decimal(16, 2)
    ) as fund_amount,
    'no_original' as reason
from core.delivered as d
left join core.refund as f on d.setl_id = f.refund_id
where d.is_refund and f.refund_id is null
union all
select
    setl_id, fixmedins_code, psn_id,
    cast(date_trunc('month', setl_time) as date) as month,
    cast(
        least(net_hifp, 0) + least(net_cvlserv, 0) + least(net_hifes, 0) + least(net_hifmi, 0) + least(net_hifob, 0)
        + least(net_hifdm, 0) + least(net_maf, 0) + least(net_oth, 0) as decimal(16, 2)
    ) as fund_amount,
    'over_refunded' as reason
from core.netted
where
    has_refund
    and least(
        net_medfee, net_hifp, net_cvlserv, net_hifes, net_hifmi, net_hifob, net_hifdm, net_maf, net_oth, net_acct,
        net_acct_mulaid
    ) < 0
order by setl_id, reason
