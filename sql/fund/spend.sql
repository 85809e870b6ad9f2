-- What the funds paid for the area's own insured, net of refunds, by the month of the settlement.
-- grain: fixmedins_code, insutype, month
-- inputs: core.settlement
-- parameters: $first_month, $before
-- limits: a refund lowers the month of the settlement it undoes; settlements of outside insured are other areas' money;
--         clearing_difference is what DRG/DIP pricing would add to (or take off) what was booked, where it is delivered
select
    fixmedins_code, insutype, month,
    sum(net_fund) as spend_amount,
    sum(net_hifp_pay) as hifp_amount,
    sum(
        case when bundled = 1 and pay_std is not null then pay_std - psn_part_amt - net_fund else 0 end
    ) as clearing_difference
from core.settlement
where month >= $first_month and month < $before and recovery_route in ('local', 'referral')
group by fixmedins_code, insutype, month
order by fixmedins_code, insutype, month
